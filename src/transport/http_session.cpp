#include "transport/http_session.hpp"

#include <utility>

#include "base/thrown.hpp"
#include "protocol/try_again.hpp"

namespace suzaku::transport {
namespace {

constexpr net::Duration kLinger = std::chrono::seconds(2);
constexpr int kDraining = 503;  // a client must come back after it
static_assert(protocol::may_try_again_after_http(kDraining));

}  // namespace

HttpSession::HttpSession(Sessions& sessions, std::unique_ptr<net::Connection> connection, HttpService& service,
                         ws::Inflater& inflater, const HttpOptions& options)
    : sessions_(sessions),
      connection_(std::move(connection)),
      service_(service),
      inflater_(inflater),
      options_(options),
      parser_({.header_bytes = options.max_header, .head_listener = this}) {}

HttpSession::~HttpSession() {
  if (connection_) connection_->loop().timers().cancel(timer_);
}

void HttpSession::start() {
  set_timer(options_.request_timeout);
  connection_->start(*this);
}

/// The request under way is still answered; an idle connection ends.
void HttpSession::drain() {
  draining_ = true;
  keep_alive_ = false;
  if (source_) source_->on_drain();
  if (reads_requests() && parser_.idle() && !connection_->has_unread()) finish();
}

/// Sends the answers that wait, then closes.
void HttpSession::finish() {
  if (state_ == State::closing) return;
  state_ = State::closing;
  connection_->close_after_flush(kLinger);
}

// --- requests ---

void HttpSession::on_data(std::span<char> bytes) {
  while (!bytes.empty() && reads_requests()) {
    if (connection_->is_backed_up()) return connection_->keep(bytes);
    if (state_ == State::idle) {
      state_ = State::reading;
      set_timer(options_.request_timeout);
    }
    std::size_t used = 0;
    const auto state = parser_.feed({bytes.data(), bytes.size()}, used);
    bytes = bytes.subspan(used);
    if (const http::Request* waiting = parser_.take_continue(); waiting && !send_continue(*waiting)) return;
    if (state == http::RequestParser::State::need_more) return;
    if (state == http::RequestParser::State::failed)
      return refuse(parser_.error_status(), std::string(parser_.error_reason()) + "\n");
    serve(parser_.take(), bytes);
    if (!connection_) return;  // upgraded
    if (state_ == State::waiting || state_ == State::streaming) break;
  }
  if (bytes.empty() || state_ == State::closing) return;
  if (state_ == State::streaming) return hold_back(bytes);
  connection_->keep(bytes);  // the next request waits
  connection_->pause_reading();
}

std::size_t HttpSession::on_head(const http::Request& head) {
  is_head_request_ = head.method == "HEAD";
  handler_ = service_.handler_of(head, {connection_->peer(), connection_->is_secure()});
  return handler_->max_body();
}

/// Tells a client that waits for it to send the body; false when the request is refused without it.
bool HttpSession::send_continue(const http::Request& head) {
  if (const auto refused = handler_->refusal(head, true)) {
    keep_alive_ = false;  // a body may follow all the same
    respond(*refused);
    return false;
  }
  connection_->send(SharedBytes::copy("HTTP/1.1 100 Continue\r\n\r\n"));
  return true;
}

void HttpSession::serve(const http::Request& request, std::span<char> rest) {
  is_chunked_ = !request.http_1_0;
  keep_alive_ = request.keep_alive;
  try {
    RequestHandler::Decision decision = handler_->serve(request, *this);
    if (auto* answerer = std::get_if<std::unique_ptr<LateAnswerer>>(&decision)) {
      answerer_ = std::move(*answerer);
      state_ = State::waiting;
      return set_timer(options_.request_timeout);
    }
    auto& answer = std::get<Answer>(decision);
    if (std::holds_alternative<Upgrade>(answer)) connection_->keep(rest);
    give(std::move(answer));
  } catch (...) {
    connection_->loop().limited_log().error("{} {} of {} failed: {}", request.method, request.path(),
                                            connection_->peer().text(), what_is_thrown());
    fail();
  }
}

// --- answers ---

void HttpSession::resolve(Answer answer) {
  if (state_ != State::waiting) return;
  answerer_.reset();
  state_ = State::reading;
  try {
    give(std::move(answer));
  } catch (...) {
    connection_->loop().limited_log().error("an answer to {} failed: {}", connection_->peer().text(), what_is_thrown());
    fail();
  }
  if (connection_ && reads_requests()) connection_->resume_reading();
}

void HttpSession::give(Answer answer) {
  if (auto* response = std::get_if<http::Response>(&answer)) return respond(*response);
  if (auto* streamed = std::get_if<StreamedResponse>(&answer)) return stream(std::move(*streamed));
  if (sessions_.is_draining()) return refuse(kDraining, "the server is going away\n");
  if (input_ended_) return refuse(400, "a WebSocket needs a client that goes on sending\n");
  upgrade(std::get<Upgrade>(std::move(answer)));
}

void HttpSession::respond(const http::Response& response) {
  if (draining_) keep_alive_ = false;
  connection_->send(SharedBytes::copy(http::serialize(response, keep_alive_, is_head_request_)));
  next_request();
}

/// Answers, and ends the connection: what follows on it may not be a request.
void HttpSession::refuse(int status, std::string_view why) {
  keep_alive_ = false;
  respond(refusal(status, why));
}

/// After an exception. When a part of an answer is on its way already, only the end of the connection is left to tell.
void HttpSession::fail() {
  if (state_ == State::streaming) return connection_->abort();
  refuse(500, "internal server error\n");
}

http::Response HttpSession::refusal(int status, std::string_view why) const {
  http::Response response = http::Response::text(status, std::string(why));
  if (handler_) handler_->add_headers(response);
  return response;
}

void HttpSession::next_request() {
  handler_.reset();
  is_head_request_ = false;
  if (!keep_alive_) return finish();
  state_ = State::idle;
  unacknowledged_ = 0;
  set_timer(options_.keep_alive_timeout);
}

void HttpSession::upgrade(Upgrade upgrade) {
  http::Response& response = upgrade.response;
  response.status = 101;
  response.headers.emplace_back("upgrade", "websocket");
  response.headers.emplace_back("connection", "Upgrade");
  connection_->send(SharedBytes::copy(http::serialize(response, true)));
  connection_->set_high_water(options_.max_queued);

  connection_->loop().timers().cancel(timer_);
  state_ = State::closing;
  auto session = std::make_unique<WebSocketSession>(sessions_, std::move(connection_), std::move(upgrade.handler),
                                                    inflater_, upgrade.options);
  WebSocketSession& websocket = *session;
  sessions_.replace(*this, std::move(session));
  websocket.start();
}

// --- the end ---

void HttpSession::on_closed() {
  state_ = State::closing;
  answerer_.reset();  // before anything can be answered that has no connection any more
  source_.reset();
  sessions_.remove(*this);
}

/// A client that sends no more requests may still want the answers. One that no longer wants a streamed answer cannot
/// say so in another way.
bool HttpSession::on_input_ended() {
  if (state_ == State::streaming) return false;
  input_ended_ = true;
  keep_alive_ = false;
  if (state_ != State::waiting) finish();
  return true;
}

// --- time ---

void HttpSession::set_timer(net::Duration timeout) {
  net::Timers& timers = connection_->loop().timers();
  timers.cancel(timer_);
  timer_ = timers.after(timeout, [this] { on_timeout(); });
}

void HttpSession::on_timeout() {
  switch (state_) {
    case State::reading:
      return parser_.idle() ? finish() : refuse(408, "the request took too long\n");
    case State::waiting:
      return resolve(refusal(503, "the answer took too long\n"));
    case State::idle:
    case State::streaming:
      return watch_reader();
    case State::closing:
      return;
  }
}

/// Ends a connection between two requests, or one whose client takes nothing of the answers that wait for it.
void HttpSession::watch_reader() {
  const std::size_t left = connection_->unacknowledged_bytes();
  const bool is_stuck = left > 0 && left == unacknowledged_;
  if (state_ == State::streaming && is_stuck) return connection_->abort();
  if (state_ == State::idle && (left == 0 || is_stuck)) return finish();
  unacknowledged_ = left;  // the client reads, slowly
  set_timer(options_.keep_alive_timeout);
}

}  // namespace suzaku::transport
