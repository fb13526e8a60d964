// Answers that are sent in parts.

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/thrown.hpp"
#include "transport/http_session.hpp"

namespace suzaku::transport {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// A part of a body in chunked transfer coding; an empty one is the end of the body.
SharedBytes make_chunk(std::string_view part) {
  return SharedBytes::copy(fmt::format("{:x}\r\n{}\r\n", part.size(), part));
}

}  // namespace

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
  return part.empty() || send_part(part);  // an empty chunk would end the body
}

/// A body that has lost a part must not look whole, so the connection ends at once.
bool HttpSession::send_part(std::string_view part) try {
  if (connection_->send(is_chunked_ ? make_chunk(part) : SharedBytes::copy(part))) return true;
  if (!connection_->is_closed()) on_overflow();
  return false;
} catch (...) {  // such as std::bad_alloc
  connection_->loop().limited_log().error("an answer to {} cannot be sent on: {}; closing", connection_->peer().text(),
                                          what_is_thrown());
  connection_->abort();
  return false;
}

void HttpSession::end() {
  if (state_ != State::streaming) return;
  if (is_chunked_) send_part({});
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

void HttpSession::on_overflow() {
  connection_->loop().limited_log().warning("{} reads a streamed answer too slowly: {} bytes wait for it; closing",
                                            connection_->peer().text(), connection_->queued_bytes());
  connection_->abort();
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

}  // namespace suzaku::transport
