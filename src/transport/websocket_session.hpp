#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/budget.hpp"
#include "base/frame_sink.hpp"
#include "net/connection.hpp"
#include "transport/session.hpp"
#include "ws/decoder.hpp"
#include "ws/deflate.hpp"

namespace suzaku::transport {

struct WebSocketOptions {
  std::size_t max_message = 10'000'000;                   // bytes; more closes with 1009
  net::Duration idle_timeout = std::chrono::seconds(60);  // without a byte from the client closes with 1001
  net::Duration close_timeout = std::chrono::seconds(5);  // for the client to answer our close frame
  bool deflate = false;                                   // permessage-deflate was agreed on
  Budget* unfinished = nullptr;                           // memory of unfinished messages; when none is left, 1013
};

/// The server's end of a WebSocket connection: bytes in, messages out to the handler, frames back.
class WebSocketSession final : public Session, public FrameSink, private net::Connection::Handler {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// Frames may be sent from now on, through `sink`.
    virtual void on_open(FrameSink& sink) = 0;
    /// At most kLowWater bytes wait to be sent, after there were more.
    virtual void on_room() = 0;
    /// A whole message, padded for simdjson; valid during the call.
    virtual void on_message(ws::Opcode opcode, std::string_view message) = 0;
    enum class End { closed, drained, overflowed };
    /// The connection ends; nothing that is sent now arrives. Called once.
    virtual void on_close(End end) = 0;
  };

  /// Takes over an upgraded connection.
  WebSocketSession(Sessions& sessions, std::unique_ptr<net::Connection> connection, std::unique_ptr<Handler> handler,
                   ws::Inflater& inflater, const WebSocketOptions& options);
  ~WebSocketSession() override;

  /// Begins, also with what the connection has kept.
  void start();

  bool send(const SharedBytes& frame, bool droppable) override;
  std::size_t queued_bytes() const override { return connection_->queued_bytes(); }
  void close(std::uint16_t code) override;
  void drain() override;

 private:
  void on_data(std::span<char> bytes) override;
  void on_closed() override;
  void on_overflow() override;
  void on_drained() override;

  void handle(const ws::Event& event);
  void log_error(const ws::Event& event);
  void end(Handler::End why, std::optional<std::uint16_t> code);
  void watch_idle(net::Duration wait, std::size_t unacknowledged);
  std::size_t unacknowledged() const;

  Sessions& sessions_;
  std::unique_ptr<net::Connection> connection_;
  std::unique_ptr<Handler> handler_;
  ws::Inflater& inflater_;
  ws::Decoder decoder_;
  net::TimePoint last_data_;
  net::Timers::Id idle_timer_ = net::Timers::kNone;
  net::Duration idle_timeout_;
  net::Duration close_timeout_;
  bool ended_ = false;
};

}  // namespace suzaku::transport
