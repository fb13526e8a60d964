#include "client/transport/websocket.hpp"

#include <utility>

#include "ws/frame.hpp"
#include "ws/message_frame.hpp"

namespace suzaku::client::transport {
namespace {

namespace code = ws::close_code;
using Kind = Disconnect::Kind;

std::string_view meaning_of(std::uint16_t close_code) noexcept {
  switch (close_code) {
    case code::kNormal:
      return "normal closure";
    case code::kGoingAway:
      return "going away";
    case code::kProtocolError:
      return "protocol error";
    case 1003:
      return "unsupported data";
    case code::kNoStatus:
      return "no code given";
    case code::kInvalidPayload:
      return "invalid payload";
    case 1008:
      return "policy violation";
    case code::kTooBig:
      return "message too big";
    case code::kInternalError:
      return "internal error";
    case code::kServiceRestart:
      return "service restart";
    case code::kTryAgainLater:
      return "try again later";
    default:
      return {};
  }
}

}  // namespace

WebSocket::WebSocket(Shared& shared, std::unique_ptr<net::Connection> connection, std::string server,
                     const ws::Agreement& agreement, const SocketOptions& options, Transport::Handler& handler)
    : shared_(shared),
      options_(options),
      handler_(&handler),
      connection_(std::move(connection)),
      server_(std::move(server)),
      decoder_(ws::Role::client, options.max_message_size, agreement.deflate),
      queued_in_all_(connection_->queued_bytes()),
      deflate_(agreement.deflate) {}

WebSocket::~WebSocket() {
  detach();
}

void WebSocket::detach() noexcept {
  handler_ = nullptr;
  shared_.loop().timers().cancel(close_timer_);
  if (connection_) connection_->abort();
}

void WebSocket::start(std::span<char> early) {
  connection_->set_handler(*this);
  handler_->on_open();
  if (!early.empty()) on_data(early);
}

void WebSocket::send(protocol::FrameType type, std::string_view message) {
  if (state_ != State::open) return;
  const auto opcode = type == protocol::FrameType::text ? ws::Opcode::text : ws::Opcode::binary;
  const bool compressed = deflate_ && message.size() >= ws::kMinCompressed;
  send_frame(opcode, compressed ? shared_.deflater().deflate(message) : message, compressed);
  if (connection_->queued_bytes() > options_.max_unsent) was_full_ = true;
}

void WebSocket::close(std::uint16_t close_code, std::string_view reason) {
  if (state_ != State::open) return;
  resume_reading();  // the close frame of the server comes after its messages
  state_ = State::closing;
  send_close(close_code, reason);
  close_timer_ = shared_.loop().timers().after(options_.close_timeout, [this] { connection_->abort(); });
}

void WebSocket::pause_reading() {
  if (state_ != State::open) return;
  is_paused_ = true;
  connection_->pause_reading();
}

void WebSocket::resume_reading() {
  if (!std::exchange(is_paused_, false) || !connection_) return;
  connection_->resume_reading();
}

void WebSocket::on_data(std::span<char> bytes) {
  decoder_.feed(bytes);
  while (handler_) {
    if (is_paused_) return connection_->keep(decoder_.take_rest());
    const ws::Event event = decoder_.next(deflate_ ? &shared_.inflater() : nullptr);
    if (event.kind == ws::Event::Kind::need_more) {
      if (decoder_.buffered() > 0) handler_->on_bytes();  // pings alone say nothing of the app behind the server
      return;
    }
    handle(event);
  }
}

void WebSocket::handle(const ws::Event& event) {
  switch (event.kind) {
    case ws::Event::Kind::message:
      return handler_->on_message(
          event.opcode == ws::Opcode::text ? protocol::FrameType::text : protocol::FrameType::binary, event.payload);
    case ws::Event::Kind::ping:
      return on_ping(event.payload);
    case ws::Event::Kind::close:
      return on_close_frame(event.close_code, event.payload);
    case ws::Event::Kind::error:
      return on_violation(event.close_code, event.payload);
    case ws::Event::Kind::pong:
    case ws::Event::Kind::need_more:
      return;
  }
}

/// While nothing can be sent, only the first and the last of many pings are answered (RFC 6455, 5.5.3 allows it), so
/// that few pongs wait.
void WebSocket::on_ping(std::string_view payload) {
  if (state_ != State::open) return;
  if (gone() >= pong_end_) return send_pong(payload);
  late_pong_ = std::make_unique<std::string>(payload);
}

/// A close frame of the server, as an answer to ours or on its own.
void WebSocket::on_close_frame(std::uint16_t close_code, std::string_view reason) {
  if (state_ == State::closing) return run_out({.kind = Kind::requested, .message = "disconnected"});
  std::string message = server_ + " closed the WebSocket with code " + std::to_string(close_code);
  if (const auto meaning = meaning_of(close_code); !meaning.empty()) message.append(" (").append(meaning).append(")");
  if (!reason.empty()) message.append(": ").append(reason);
  connection_->drop_queued();  // the server reads nothing more
  send_close(close_code == code::kNoStatus ? std::nullopt : std::optional(close_code));
  run_out({.kind = Kind::closed, .code = close_code, .message = std::move(message)});
}

void WebSocket::on_violation(std::uint16_t close_code, std::string_view why) {
  if (state_ == State::closing) return run_out({.kind = Kind::requested, .message = "disconnected"});
  std::string message = close_code == code::kTooBig ? server_ + " sent a message of more than max_message_size, " +
                                                          std::to_string(options_.max_message_size) + " bytes"
                                                    : server_ + " broke the WebSocket protocol: " + std::string(why);
  connection_->drop_queued();
  send_close(close_code);
  run_out({.kind = Kind::protocol_error, .message = std::move(message)});
}

/// No further frame is read or sent. The server closes the TCP connection; the handler does not wait for that.
void WebSocket::run_out(const Disconnect& reason) {
  shared_.lingering().add(std::move(connection_));
  end(reason);
}

void WebSocket::on_closed() {
  if (!handler_) return;
  end(state_ == State::closing ? Disconnect{.kind = Kind::requested, .message = "disconnected"} : lost());
}

void WebSocket::end(const Disconnect& reason) {
  state_ = State::ended;
  shared_.loop().timers().cancel(close_timer_);
  std::exchange(handler_, nullptr)->on_closed(reason);
}

Disconnect WebSocket::lost() const {
  const net::Failure* failure = connection_->failure();
  return {.kind = Kind::lost,
          .message = "the connection to " + server_ + " was lost: " +
                     (failure ? failure->text : "it was closed without a close frame (by the server, or a proxy)")};
}

void WebSocket::on_overflow() {
  connection_->abort();  // cannot happen: there is no limit
}

/// Everything was sent.
void WebSocket::on_drained() {
  if (!handler_ || state_ != State::open) return;
  if (late_pong_) send_pong(*std::exchange(late_pong_, nullptr));
  if (std::exchange(was_full_, false)) handler_->on_drained();
}

void WebSocket::send_frame(ws::Opcode opcode, std::string_view payload, bool compressed) {
  SharedBytes frame = ws::make_masked_frame(opcode, payload, shared_.random.mask(), compressed);
  queued_in_all_ += frame.size();
  connection_->send(std::move(frame));
}

void WebSocket::send_close(std::optional<std::uint16_t> close_code, std::string_view reason) {
  constexpr std::size_t kHeader = 2;  // of an unmasked control frame
  send_frame(ws::Opcode::close, ws::make_close_frame(close_code, reason).view().substr(kHeader));
}

void WebSocket::send_pong(std::string_view payload) {
  late_pong_.reset();
  send_frame(ws::Opcode::pong, payload);
  pong_end_ = queued_in_all_;
}

}  // namespace suzaku::client::transport
