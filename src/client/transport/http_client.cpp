#include "client/transport/http_client.hpp"

#include <utility>

namespace suzaku::client::transport {
namespace {

using Kind = Disconnect::Kind;
using State = http::ResponseParser::State;

constexpr std::size_t kMaxHead = 16 * 1024;

/// A server may close a kept connection at the moment a request is sent. When the connection ends within this time of
/// the request, without a byte of an answer, the request is sent again; later the answer counts as lost.
constexpr net::Duration kCrossing = std::chrono::seconds(1);

}  // namespace

HttpClient::HttpClient(Shared& shared, Target target, const SocketOptions& options, std::size_t max_body,
                       OnAnswer on_answer)
    : shared_(shared),
      target_(std::move(target)),
      options_(options),
      limits_{.head_bytes = kMaxHead, .body_bytes = max_body},
      on_answer_(std::move(on_answer)) {}

HttpClient::~HttpClient() {
  detach();
}

void HttpClient::detach() noexcept {
  request_.reset();
  shared_.loop().timers().cancel(timer_);
  dispose_of_dialer();
  if (connection_) connection_->abort();
}

void HttpClient::ask(Request request) {
  request_ = std::move(request);
  is_sent_ = false;
  if (!connection_) return dial();
  if (!connection_->is_closed()) send_request();  // otherwise on_closed() is to come, and goes on
}

void HttpClient::dial() {
  dialer_ = std::make_unique<Dialer>(shared_, target_, options_, static_cast<Dialer::Handler&>(*this));
  server_ = dialer_->server();
}

void HttpClient::on_dialed(std::unique_ptr<net::Connection> connection, const ws::Agreement&, std::span<char>) {
  connection_ = std::move(connection);
  connection_->set_handler(*this);
  is_kept_ = false;
  dispose_of_dialer();
  send_request();
}

void HttpClient::on_dial_failed(const Disconnect& reason) {
  dispose_of_dialer();
  request_.reset();
  on_answer_(tl::unexpected(reason));
}

void HttpClient::dispose_of_dialer() {
  if (!dialer_) return;
  dialer_->detach();
  shared_.dispose(std::move(dialer_));
}

void HttpClient::send_request() {
  is_sent_ = true;
  sent_at_ = shared_.loop().now();
  parser_ = http::ResponseParser(limits_);
  timer_ = shared_.loop().timers().after(request_->timeout, [this] { on_timeout(); });
  connection_->send(request_->bytes);
}

void HttpClient::on_data(std::span<char> bytes) {
  if (!request_ || !is_sent_) return connection_->abort();  // there was no request
  std::size_t used = 0;
  const State state = parser_.feed({bytes.data(), bytes.size()}, used);
  if (state == State::need_more) return;
  if (state == State::failed) {
    if (!give_refusal())
      fail(Kind::protocol_error, "did not answer as a web server does: " + std::string(parser_.error()));
    return;
  }
  http::ReceivedResponse answer = parser_.take();
  const bool keep = answer.keep_alive && used == bytes.size() && connection_->queued_bytes() == 0;
  give(std::move(answer), keep);
}

void HttpClient::on_closed() {
  const net::Failure* failure = connection_->failure();
  const std::string why = failure ? failure->text : "it closed the connection";
  const Kind kind = failure && failure->is_tls ? Kind::tls_failed : Kind::lost;
  connection_.reset();
  if (!request_) return;
  if (!is_sent_) return dial();
  const bool unanswered = parser_.idle();
  if (unanswered && is_kept_ && request_->is_repeatable && shared_.loop().now() - sent_at_ < kCrossing) {
    shared_.loop().timers().cancel(timer_);
    is_sent_ = false;
    return dial();
  }
  if (parser_.feed_end() == State::done) return give(parser_.take(), false);
  if (give_refusal()) return;
  fail(kind, (unanswered ? "ended the connection without an answer: " : "ended the connection amid an answer: ") + why);
}

void HttpClient::on_overflow() {
  connection_->abort();  // cannot happen: there is no limit
}

void HttpClient::on_timeout() {
  if (!give_refusal()) fail(Kind::connect_timeout, "did not answer in time");
}

/// The head of a refusal is enough.
bool HttpClient::give_refusal() {
  const http::ReceivedResponse* partial = parser_.partial();
  if (!partial || partial->status / 100 == 2) return false;
  give(*partial, false);
  return true;
}

void HttpClient::fail(Kind kind, const std::string& what) {
  give(tl::unexpected(Disconnect{.kind = kind, .message = server_ + " " + what}), false);
}

void HttpClient::give(Answer answer, bool keep_connection) {
  shared_.loop().timers().cancel(timer_);
  request_.reset();
  is_kept_ = true;
  if (connection_ && !keep_connection) connection_->abort();
  on_answer_(std::move(answer));
}

}  // namespace suzaku::client::transport
