#include "client/core/link.hpp"

#include <utility>

#include "client/core/authorization.hpp"
#include "client/core/endpoint_url.hpp"
#include "client/core/options_check.hpp"
#include "client/core/redact.hpp"
#include "client/core/url.hpp"

namespace suzaku::client::core {
using Kind = Disconnect::Kind;

/// A URL that cannot be parsed stays as it is: connecting fails with the reason.
Link::Endpoint::Endpoint(std::string_view whole) : url(whole) {
  const auto parsed = parse_url(whole);
  if (!parsed || parsed->user_info.empty()) return;
  authorization = basic_authorization(parsed->user_info);
  url.erase(url.find(parsed->user_info + '@'), parsed->user_info.size() + 1);
}

Link::Link(Engine& engine, const SocketOptions& options, const std::vector<std::string>& urls, std::string_view vsn,
           Handler& handler, Counters& counters)
    : engine_(engine),
      options_(options),
      endpoints_(urls.begin(), urls.end()),
      handler_(handler),
      counters_(counters),
      policy_(options.reconnect,
              [this](std::exception_ptr error) { handler_.on_user_error(std::move(error), "reconnect.backoff"); }),
      vsn_(vsn),
      kind_(options.transport) {}

Link::~Link() {
  stop_timers();
}

// --- calls of the socket ---

void Link::connect() {
  if (state_ == State::closing) connect_after_close_ = true;
  if (state_ != State::idle) return;
  policy_.start(engine_.now());
  was_connected_ = false;
  begin();
}

void Link::disconnect(std::uint16_t code, std::string_view reason) {
  connect_after_close_ = false;
  if (state_ == State::idle || state_ == State::closing) return;
  stop_timers();
  if (state_ == State::open) {
    enter(State::closing);
    transport_->close(code, reason);
  } else {
    end({.kind = Kind::requested, .message = "ended by this side"});
  }
}

bool Link::wake() {
  policy_.wake(engine_.now());
  if (state_ != State::waiting && state_ != State::connecting) return false;
  if (state_ == State::connecting) tap(WireEvent::Kind::closed, "the network has changed");
  transport_.reset();
  stop_timers();
  begin();
  return true;
}

void Link::drop(const Disconnect& reason) {
  if (state_ == State::open || state_ == State::closing) on_closed(reason);
}

void Link::prove() {
  is_proven_ = true;
  engine_.cancel(std::exchange(fallback_timer_, Engine::kNoTimer));
}

void Link::pause_reading() {
  if (state_ == State::open) transport_->pause_reading();
}

void Link::resume_reading() {
  if (state_ == State::open) transport_->resume_reading();
}

void Link::send(protocol::FrameType type, std::string_view message) {
  if (state_ != State::open) return;
  counters_.frames_sent.add();
  counters_.bytes_sent.add(message.size());
  tap(WireEvent::Kind::sent, message, type == protocol::FrameType::binary);
  transport_->send(type, message);
}

// --- an attempt ---

/// Starts with no failures.
void Link::begin() {
  failed_endpoints_ = 0;
  kind_ = options_.transport;
  attempt();
}

void Link::attempt() {
  counters_.attempts.add();
  is_proven_ = kind_ == TransportKind::long_poll || !options_.long_poll_fallback;
  enter(State::requesting_credentials);
  if (!requests_credentials()) {
    open_transport({.params = options_.params.value(),
                    .token = options_.auth_token.value(),
                    .headers = options_.headers.value(),
                    .proxy = options_.proxy.value()});
    return;
  }
  request_id_ = handler_.request_credentials({.attempt = policy_.attempt(), .is_reconnect = was_connected_});
  set_timer(credentials_timer_, options_.credentials_timeout, &Link::on_credentials_timeout);
}

void Link::credentials(RequestId request_id, Result<Credentials> credentials) {
  if (state_ != State::requesting_credentials || request_id != request_id_) return;
  engine_.cancel(std::exchange(credentials_timer_, Engine::kNoTimer));
  if (credentials) {
    open_transport(*credentials);
  } else {
    failed({.kind = Kind::credentials_failed, .message = std::move(credentials.error().message)});
  }
}

void Link::on_credentials_timeout() {
  request_id_ = 0;
  failed({.kind = Kind::credentials_failed,
          .message = "the function that gives the params, the token, the headers or the proxy did not return within " +
                     std::to_string(options_.credentials_timeout.count()) + " ms"});
}

void Link::open_transport(const Credentials& credentials) {
  auto url = endpoint_url(endpoints_[endpoint_].url, kind_, credentials.params, vsn_);
  const auto good_token = check_auth_token(credentials.token);
  if (!url || !good_token) {
    failed({.kind = Kind::credentials_failed, .message = url ? good_token.error().message : url.error().message});
    return;
  }
  enter(State::connecting);
  if (options_.on_wire) tap(WireEvent::Kind::connecting, redact_url(*url, options_.secrets));
  transport_ = engine_.connect({.kind = kind_,
                                .url = std::move(*url),
                                .auth_token = credentials.token,
                                .headers = with_authorization(credentials.headers, endpoints_[endpoint_].authorization),
                                .proxy = credentials.proxy},
                               options_, *this);
  if (!is_proven_) watch_fallback();
}

void Link::watch_fallback() {
  set_timer(fallback_timer_, *options_.long_poll_fallback, &Link::on_fallback_timeout);
}

void Link::on_fallback_timeout() {
  const bool was_open = state_ == State::open;
  const Disconnect reason{.kind = was_open ? Kind::heartbeat_timeout : Kind::connect_timeout,
                          .message = "the WebSocket did not prove itself within " +
                                     std::to_string(options_.long_poll_fallback->count()) +
                                     " ms; turning to long poll"};
  on_closed(reason);
}

void Link::on_open() {
  failed_endpoints_ = 0;
  counters_.connects.add();
  opened_at_ = engine_.now();
  policy_.on_open(opened_at_);
  enter(State::open);
  const bool is_reconnect = std::exchange(was_connected_, true);
  const std::string& whole = endpoints_[endpoint_].url;
  const std::string_view url = std::string_view(whole).substr(0, whole.find('?'));  // the query may hold secrets
  tap(WireEvent::Kind::opened, url);
  handler_.on_link_open({.is_reconnect = is_reconnect, .url = url});
}

void Link::on_message(protocol::FrameType type, std::string_view message) {
  counters_.frames_received.add();
  counters_.bytes_received.add(message.size());
  tap(WireEvent::Kind::received, message, type == protocol::FrameType::binary);
  handler_.on_link_message(type, message);
}

void Link::on_drained() {
  handler_.on_link_drained();
}

// --- helpers ---

void Link::enter(State state) {
  const auto before = status();
  state_ = state;
  if (status() != before) handler_.on_link_status(status());
}

client::Socket::Status Link::status() const noexcept {
  using Status = client::Socket::Status;
  switch (state_) {
    case State::idle:
      return Status::disconnected;
    case State::requesting_credentials:
    case State::connecting:
    case State::waiting:
      return was_connected_ ? Status::reconnecting : Status::connecting;
    case State::open:
      return Status::connected;
    case State::closing:
      break;
  }
  return Status::disconnecting;
}

void Link::set_timer(Engine::TimerId& timer, std::chrono::milliseconds delay, void (Link::*then)()) {
  timer = engine_.after(delay, [this, &timer, then] {
    timer = Engine::kNoTimer;
    (this->*then)();
  });
}

void Link::stop_timers() {
  engine_.cancel(std::exchange(retry_timer_, Engine::kNoTimer));
  engine_.cancel(std::exchange(credentials_timer_, Engine::kNoTimer));
  engine_.cancel(std::exchange(fallback_timer_, Engine::kNoTimer));
}

void Link::tap(WireEvent::Kind kind, std::string_view text, bool is_binary) {
  if (!options_.on_wire) return;
  const bool is_message = kind == WireEvent::Kind::sent || kind == WireEvent::Kind::received;
  const std::string shown = is_message && !is_binary ? redact_json(text, options_.secrets) : std::string(text);
  try {
    options_.on_wire({.kind = kind, .is_binary = is_binary, .text = shown});
  } catch (...) {
    handler_.on_user_error(std::current_exception(), "on_wire");
  }
}

Json Link::dump() const {
  boost::json::object dump{
      {"status", std::string(to_string(status()))},
      {"url", redact_url(endpoints_[endpoint_].url, options_.secrets)},
      {"transport", kind_ == TransportKind::websocket ? "websocket" : "long_poll"},
      {"attempt", policy_.attempt()},
      {"unsent_bytes", unsent_bytes()},
  };
  return dump;
}

}  // namespace suzaku::client::core
