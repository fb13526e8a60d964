#include "transport/websocket_session.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "protocol/try_again.hpp"
#include "ws/frame.hpp"

namespace suzaku::transport {

namespace code = ws::close_code;

namespace {

/// The codes that the server chooses. A client must come back after each of them.
constexpr std::array kChosen = {code::kGoingAway,     code::kProtocolError,  code::kInvalidPayload, code::kTooBig,
                                code::kInternalError, code::kServiceRestart, code::kTryAgainLater};
static_assert(std::ranges::all_of(kChosen, protocol::may_try_again_after_close));

}  // namespace

WebSocketSession::WebSocketSession(Sessions& sessions, std::unique_ptr<net::Connection> connection,
                                   std::unique_ptr<Handler> handler, ws::Inflater& inflater,
                                   const WebSocketOptions& options)
    : sessions_(sessions),
      connection_(std::move(connection)),
      handler_(std::move(handler)),
      inflater_(inflater),
      decoder_(ws::Role::server, options.max_message, options.deflate, options.unfinished),
      last_data_(connection_->loop().now()),
      idle_timeout_(options.idle_timeout),
      close_timeout_(options.close_timeout) {}

WebSocketSession::~WebSocketSession() {
  connection_->loop().timers().cancel(idle_timer_);
}

void WebSocketSession::start() {
  connection_->set_handler(*this);
  watch_idle(idle_timeout_, 0);
  handler_->on_open(*this);
  connection_->resume_reading();
}

bool WebSocketSession::send(const SharedBytes& frame, bool droppable) {
  return connection_->send(frame, droppable);
}

void WebSocketSession::close(std::uint16_t close_code) {
  end(Handler::End::closed, close_code);
}

void WebSocketSession::drain() {
  end(Handler::End::drained, code::kServiceRestart);
}

/// Tells the handler, sends the close frame, and closes the connection after what is queued.
void WebSocketSession::end(Handler::End why, std::optional<std::uint16_t> close_code) {
  if (ended_) return;
  ended_ = true;
  connection_->loop().timers().cancel(idle_timer_);
  handler_->on_close(why);
  connection_->send(ws::make_close_frame(close_code));
  connection_->close_after_flush(close_timeout_);
}

void WebSocketSession::on_data(std::span<char> bytes) {
  last_data_ = connection_->loop().now();
  decoder_.feed(bytes);
  while (!ended_) {
    if (connection_->is_backed_up()) return connection_->keep(decoder_.take_rest());
    const ws::Event event = decoder_.next(&inflater_);
    if (event.kind == ws::Event::Kind::need_more) return;
    handle(event);
  }
}

void WebSocketSession::handle(const ws::Event& event) {
  switch (event.kind) {
    case ws::Event::Kind::message:
      return handler_->on_message(event.opcode, event.payload);
    case ws::Event::Kind::ping:
      connection_->send(ws::make_frame(ws::Opcode::pong, event.payload));
      return;
    case ws::Event::Kind::close:
      return end(Handler::End::closed,
                 event.close_code == code::kNoStatus ? std::nullopt : std::optional(event.close_code));
    case ws::Event::Kind::error:
      log_error(event);
      return end(Handler::End::closed, event.close_code);
    case ws::Event::Kind::pong:
    case ws::Event::Kind::need_more:
      return;
  }
}

void WebSocketSession::log_error(const ws::Event& event) {
  log::LimitedLog& log = connection_->loop().limited_log();
  if (event.close_code == code::kTryAgainLater) {
    log.warning("closing {} with {}: {}; max_unfinished_bytes bounds them all", connection_->peer().text(),
                event.close_code, event.payload);
  } else {
    log.debug("closing {} with {}: {}", connection_->peer().text(), event.close_code, event.payload);
  }
}

void WebSocketSession::on_closed() {
  if (!ended_) {
    ended_ = true;
    handler_->on_close(Handler::End::closed);
  }
  sessions_.remove(*this);
}

void WebSocketSession::on_drained() {
  if (!ended_) handler_->on_room();
}

void WebSocketSession::on_overflow() {
  connection_->loop().limited_log().warning("{} reads too slowly: {} bytes wait for it; closing",
                                            connection_->peer().text(), connection_->queued_bytes());
  connection_->drop_queued();
  end(Handler::End::overflowed, code::kTryAgainLater);
}

/// One timer that is not set again at every frame: when it fires, it looks at the time of the last frame.
/// `before`: what the client had not acknowledged when a whole timeout had passed last.
void WebSocketSession::watch_idle(net::Duration wait, std::size_t before) {
  idle_timer_ = connection_->loop().timers().after(wait, [this, before] {
    const auto left = idle_timeout_ - (connection_->loop().now() - last_data_);
    if (left > net::Duration::zero()) return watch_idle(left, before);
    const std::size_t now = unacknowledged();
    if (now != before) return watch_idle(idle_timeout_, now);  // it reads, slowly
    end(Handler::End::closed, code::kGoingAway);
  });
}

/// Bytes that the client has not taken while we do not read from it because it is backed up: as long as they change it
/// is not idle. 0 while we read.
std::size_t WebSocketSession::unacknowledged() const {
  return connection_->is_backed_up() || connection_->has_unread() ? connection_->unacknowledged_bytes() : 0;
}

}  // namespace suzaku::transport
