#include "transport/http_session.hpp"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/thrown.hpp"
#include "protocol/try_again.hpp"

namespace suzaku::transport {
namespace {

constexpr net::Duration kLinger = std::chrono::seconds(2);
constexpr int kDraining = 503;  // a client must come back after it
static_assert(protocol::may_try_again_after_http(kDraining));

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// A part of a body in chunked transfer coding.
SharedBytes make_chunk(std::string_view part) {
  return SharedBytes::copy(fmt::format("{:x}\r\n{}\r\n", part.size(), part));
}

constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace

HttpSession::HttpSession(Sessions& sessions, std::unique_ptr<net::Connection> connection, HttpService& service,
                         ws::Inflater& inflater, const HttpOptions& options)
    : sessions_(sessions),
      connection_(std::move(connection)),
      service_(service),
      inflater_(inflater),
      options_(options),
      parser_({.header_bytes = options.max_header, .body_limit = &service}) {}

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
    if (parser_.take_continue()) connection_->send(SharedBytes::copy("HTTP/1.1 100 Continue\r\n\r\n"));
    if (state == http::RequestParser::State::need_more) return;
    is_head_request_ = false;
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

/// Requests that come while an answer is sent in parts. Reading goes on, so that the end of the client is noticed; what
/// is too much ends the connection after that answer.
void HttpSession::hold_back(std::span<const char> bytes) {
  if (held_back_.size() + bytes.size() > options_.max_header) keep_alive_ = false;
  if (keep_alive_) {
    held_back_.append(bytes.data(), bytes.size());
  } else {
    held_back_ = {};
  }
}

void HttpSession::serve(const http::Request& request, std::span<char> rest) {
  is_head_request_ = request.method == "HEAD";
  is_chunked_ = !request.http_1_0;
  keep_alive_ = request.keep_alive;
  try {
    HttpService::Decision decision = service_.serve(request, {connection_->peer(), connection_->is_secure()}, *this);
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
    refuse(500, "internal server error\n");
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
    refuse(500, "internal server error\n");
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
  respond(http::Response::text(status, std::string(why)));
}

void HttpSession::next_request() {
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

// --- answers in parts ---

void HttpSession::stream(StreamedResponse response) {
  if (response.head.status == 204 || response.head.status == 304) return respond(response.head);  // have no body
  if (draining_ || !is_chunked_) keep_alive_ = false;
  connection_->send(SharedBytes::copy(http::serialize_head(response.head, keep_alive_, is_chunked_)));
  if (is_head_request_) return next_request();
  state_ = State::streaming;
  connection_->set_high_water(options_.max_queued);
  source_ = std::move(response.source);
  unacknowledged_ = 0;
  set_timer(options_.keep_alive_timeout);
  source_->on_open(*this);
  if (draining_ && source_) source_->on_drain();
}

bool HttpSession::write(std::string_view part) {
  if (state_ != State::streaming) return false;
  if (part.empty()) return true;  // an empty chunk would end the body
  return connection_->send(is_chunked_ ? make_chunk(part) : SharedBytes::copy(part));
}

void HttpSession::end() {
  if (state_ != State::streaming) return;
  if (is_chunked_) connection_->send(SharedBytes::copy(kLastChunk));
  connection_->loop().dispose(std::move(source_));
  connection_->set_high_water(kNoLimit);
  state_ = State::reading;
  next_request();
  if (!reads_requests()) return;
  connection_->keep(std::exchange(held_back_, {}));
  connection_->resume_reading();
}

void HttpSession::on_drained() {
  if (source_) source_->on_room();
}

// --- the end ---

void HttpSession::on_closed() {
  state_ = State::closing;
  answerer_.reset();  // before anything can be answered that has no connection any more
  source_.reset();
  sessions_.remove(*this);
}

void HttpSession::on_overflow() {
  connection_->loop().limited_log().warning("{} reads a streamed answer too slowly: {} bytes wait for it; closing",
                                            connection_->peer().text(), connection_->queued_bytes());
  connection_->abort();
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
      return resolve(http::Response::text(503, "the answer took too long\n"));
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
