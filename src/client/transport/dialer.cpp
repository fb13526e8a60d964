#include "client/transport/dialer.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/base64.hpp"
#include "client/transport/refusal.hpp"

namespace suzaku::client::transport {
namespace {

using Kind = Disconnect::Kind;
using State = http::ResponseParser::State;

constexpr http::ResponseLimits kAnswerLimits{.head_bytes = 16 * 1024, .body_bytes = 16 * 1024};

/// The core limits what waits (SocketOptions::max_unsent), so the connection must not. A low-water mark of zero tells
/// when everything was sent.
constexpr net::OutLimits kOutLimits{.high_water = std::numeric_limits<std::size_t>::max(),
                                    .pause_reading = std::numeric_limits<std::size_t>::max(),
                                    .low_water = 0};

tl::unexpected<Disconnect> refused(Kind kind, std::string message) {
  return tl::unexpected(Disconnect{.kind = kind, .message = std::move(message)});
}

/// As phoenix.js sends it: standard Base64, although the name says otherwise, without padding.
std::vector<std::string> subprotocols(const std::string& auth_token) {
  if (auth_token.empty()) return {};
  std::string encoded = base64(auth_token);
  while (encoded.ends_with('=')) encoded.pop_back();
  return {"phoenix", "base64url.bearer.phx." + encoded};
}

std::string in_words(std::chrono::milliseconds time) {
  if (time.count() % 1000 == 0) return std::to_string(time.count() / 1000) + " s";
  return std::to_string(time.count()) + " ms";
}

Kind kind_of(net::ConnectFailure::Kind kind) noexcept {
  switch (kind) {
    case net::ConnectFailure::Kind::resolve_failed:
      return Kind::resolve_failed;
    case net::ConnectFailure::Kind::timed_out:
      return Kind::connect_timeout;
    case net::ConnectFailure::Kind::connect_failed:
      break;
  }
  return Kind::connect_failed;
}

}  // namespace

Dialer::Dialer(Shared& shared, const Target& target, const SocketOptions& options, Handler& handler)
    : shared_(shared), options_(options), handler_(&handler), kind_(target.kind) {
  if (auto ready = prepare(target); ready) {
    connect();
  } else {
    fail_soon(std::move(ready.error()));
  }
}

Dialer::~Dialer() {
  detach();
}

void Dialer::detach() noexcept {
  handler_ = nullptr;
  connector_.reset();
  shared_.loop().timers().cancel(timer_);
  if (connection_) connection_->abort();
}

void Dialer::cancel() {
  connector_.reset();
  if (connection_) connection_->abort();
  step_ = Step::cancelled;
  fail_soon({.kind = Kind::requested, .message = "disconnected before the connection was made"});
}

/// Checks that need no connection.
tl::expected<void, Disconnect> Dialer::prepare(const Target& target) {
  auto url = core::parse_url(target.url);
  if (!url) return refused(Kind::connect_failed, url.error().message);
  url_ = *std::move(url);
  server_ = url_.host_and_port();

  auto proxy = choose_proxy(url_, target.proxy, shared_.environment);
  if (!proxy) return refused(Kind::proxy_failed, proxy.error().message);
  proxy_ = *std::move(proxy);

  request_.host = url_.authority();
  request_.target = url_.path_and_query;
  for (const auto& [name, value] : target.headers) request_.headers.emplace_back(name, value);
  request_.subprotocols = subprotocols(target.auth_token);
  request_.deflate = options_.compress;
  if (const auto good = ws::check_headers(request_.headers); !good)
    return refused(Kind::connect_failed, good.error().message);

  if (!url_.is_secure) return {};
  auto context = shared_.tls_contexts.get(options_.tls);
  if (!context) return refused(Kind::tls_failed, context.error().message);
  tls_context_ = *std::move(context);
  return {};
}

void Dialer::connect() {
  began_ = shared_.loop().now();
  net::ConnectOptions options{.host = proxy_ ? proxy_->host : url_.host,
                              .port = proxy_ ? proxy_->port : url_.port,
                              .timeout = options_.connect_timeout};
  connector_ = std::make_unique<net::Connector>(
      shared_.loop(), std::move(options), [this](net::Connector::Result result) { on_connected(std::move(result)); });
}

void Dialer::on_connected(net::Connector::Result result) {
  if (!result) {
    const net::ConnectFailure& failure = result.error();
    if (!proxy_) return fail(kind_of(failure.kind), failure.text);
    const bool timed_out = failure.kind == net::ConnectFailure::Kind::timed_out;
    return fail(timed_out ? Kind::connect_timeout : Kind::proxy_failed, "cannot reach the proxy: " + failure.text);
  }
  connection_ = std::make_unique<net::Connection>(shared_.loop(), result->socket, std::move(result->peer), kOutLimits);
  try {
    connection_->start(*this);
  } catch (const std::exception& error) {  // the system has no resources left
    return fail(Kind::connect_failed, error.what());
  }
  proxy_ ? ask_proxy() : go_on_to_server();
}

void Dialer::ask_proxy() {
  const auto left = options_.connect_timeout - (shared_.loop().now() - began_);
  enter(Step::proxy, std::max<net::Duration>(left, net::Duration::zero()));
  parser_ = http::ResponseParser(kAnswerLimits, http::ResponseParser::Asked::connect);
  connection_->send(SharedBytes::copy(connect_request(*proxy_, url_)));
}

void Dialer::on_proxy_answer(State state, std::span<char> rest) {
  const http::ReceivedResponse* answer = parser_.partial();
  if (!answer) {
    if (state == State::need_more) return;
    return fail(Kind::proxy_failed, "the proxy " + proxy_->name() + " did not answer as an HTTP proxy does (" +
                                        std::string(parser_.error()) + "): check its port");
  }
  if (answer->status / 100 == 2 && state == State::done) {
    if (rest.empty()) return go_on_to_server();
    return fail(Kind::proxy_failed,
                "the proxy " + proxy_->name() + " sent bytes that nobody had asked for after its answer");
  }
  if (state != State::need_more) fail(proxy_refusal(*answer, *proxy_, url_));
}

void Dialer::go_on_to_server() {
  url_.is_secure ? start_tls() : go_on_to_protocol();
}

void Dialer::start_tls() {
  enter(Step::tls, options_.tls_timeout);
  try {
    const std::string& name = options_.tls.server_name;
    connection_->start_tls(std::make_unique<net::TlsSession>(std::move(tls_context_), name.empty() ? url_.host : name));
  } catch (const std::invalid_argument& error) {
    fail(Kind::tls_failed, error.what());
  }
}

void Dialer::on_secured() {
  go_on_to_protocol();
}

void Dialer::go_on_to_protocol() {
  kind_ == TransportKind::websocket ? ask_upgrade() : succeed({}, {});
}

void Dialer::ask_upgrade() {
  enter(Step::upgrade, options_.handshake_timeout);
  std::array<std::uint8_t, 16> random{};
  shared_.random.fill(random);
  key_ = ws::make_key(random);
  parser_ = http::ResponseParser(kAnswerLimits);
  connection_->send(SharedBytes::copy(ws::serialize(request_, key_)));
}

void Dialer::on_upgrade_answer(State state, std::span<char> rest) {
  if (state == State::need_more) return;
  const http::ReceivedResponse* answer = parser_.partial();
  if (!answer) {
    return fail(Kind::not_websocket, server_ + " did not answer as a web server does (" + std::string(parser_.error()) +
                                         "): check the port" + (url_.is_secure ? "" : ", and whether it needs wss"));
  }
  if (answer->status != 101) return fail(refusal(*answer, url_, std::chrono::system_clock::now()));
  const auto agreement = ws::check_answer(answer->headers, request_, key_);
  if (!agreement) return fail(Kind::not_websocket, server_ + ": " + agreement.error().message);
  succeed(*agreement, rest);
}

void Dialer::succeed(const ws::Agreement& agreement, std::span<char> early) {
  shared_.loop().timers().cancel(timer_);
  std::exchange(handler_, nullptr)->on_dialed(std::move(connection_), agreement, early);
}

void Dialer::on_data(std::span<char> bytes) {
  if (!handler_ || (step_ != Step::proxy && step_ != Step::upgrade)) return;
  std::size_t used = 0;
  const State state = parser_.feed({bytes.data(), bytes.size()}, used);
  step_ == Step::proxy ? on_proxy_answer(state, bytes.subspan(used)) : on_upgrade_answer(state, bytes.subspan(used));
}

/// The connection has ended too early. A part of an answer may tell why.
void Dialer::on_closed() {
  if (!handler_ || step_ == Step::cancelled) return;
  const net::Failure* failure = connection_->failure();
  const std::string why = failure ? failure->text : "it closed the connection";
  const bool is_tls = step_ == Step::tls || (failure && failure->is_tls);
  if (is_tls) return fail(Kind::tls_failed, server_ + ": " + why);

  const bool unanswered = parser_.idle();
  const State state = parser_.feed_end();
  if (step_ == Step::proxy) {
    if (!unanswered) return on_proxy_answer(state, {});
    return fail(Kind::proxy_failed, "the proxy " + proxy_->name() + " ended the connection without an answer: " + why);
  }
  if (!unanswered) return on_upgrade_answer(state, {});
  fail(Kind::lost, server_ + " ended the connection without an answer: " + why +
                       (url_.is_secure ? "" : "; if it needs TLS, connect with wss"));
}

void Dialer::on_overflow() {
  connection_->abort();  // cannot happen: there is no limit
}

/// Begins the next step, which must end within this time.
void Dialer::enter(Step step, net::Duration time) {
  step_ = step;
  net::Timers& timers = shared_.loop().timers();
  timers.cancel(timer_);
  timer_ = timers.after(time, [this] { on_timeout(); });
}

void Dialer::on_timeout() {
  const http::ReceivedResponse* answer = parser_.partial();
  switch (step_) {
    case Step::connect:  // the connector has its own time
    case Step::cancelled:
      break;
    case Step::proxy:
      if (answer && answer->status / 100 != 2) return fail(proxy_refusal(*answer, *proxy_, url_));
      return fail(Kind::connect_timeout, "the proxy " + proxy_->name() + " did not connect to " + server_ +
                                             " within the connect_timeout of " + in_words(options_.connect_timeout));
    case Step::tls:
      return fail(Kind::connect_timeout, server_ + " did not finish the TLS handshake within the tls_timeout of " +
                                             in_words(options_.tls_timeout) + "; does this port speak TLS?");
    case Step::upgrade:
      if (answer && answer->status != 101) return fail(refusal(*answer, url_, std::chrono::system_clock::now()));
      return fail(Kind::connect_timeout, server_ +
                                             " did not answer the WebSocket upgrade within the handshake_timeout of " +
                                             in_words(options_.handshake_timeout));
  }
}

void Dialer::fail(Kind kind, std::string message) {
  fail(Disconnect{.kind = kind, .message = std::move(message)});
}

void Dialer::fail(const Disconnect& reason) {
  if (!handler_) return;
  Handler& handler = *handler_;
  detach();
  handler.on_dial_failed(reason);
}

void Dialer::fail_soon(Disconnect reason) {
  net::Timers& timers = shared_.loop().timers();
  timers.cancel(timer_);
  timer_ = timers.after(net::Duration::zero(), [this, reason = std::move(reason)] { fail(reason); });
}

}  // namespace suzaku::client::transport
