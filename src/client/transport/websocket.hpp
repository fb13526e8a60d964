#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/options.hpp>

#include "client/core/transport.hpp"
#include "client/transport/shared.hpp"
#include "net/connection.hpp"
#include "ws/client_handshake.hpp"
#include "ws/decoder.hpp"

namespace suzaku::client::transport {

/// An open WebSocket, seen from the client: messages out, messages in to the transport's handler, pings answered, and
/// the closing handshake. Loop's thread only. It must not be destroyed within the functions it calls: detach() and
/// dispose of it instead.
class WebSocket final : private net::Connection::Handler {
 public:
  /// Takes over an upgraded connection. `server`: its name in messages.
  WebSocket(Shared& shared, std::unique_ptr<net::Connection> connection, std::string server,
            const ws::Agreement& agreement, const SocketOptions& options, Transport::Handler& handler);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Calls on_open(), and reads the bytes that came with the upgrade.
  void start(std::span<char> early);
  /// Ends it at once; the handler is not called any more.
  void detach() noexcept;

  void send(protocol::FrameType type, std::string_view message);
  void close(std::uint16_t code, std::string_view reason);
  void pause_reading();
  void resume_reading();
  std::size_t buffered() const noexcept { return connection_ ? connection_->queued_bytes() : 0; }

 private:
  enum class State : std::uint8_t {
    open,
    closing,  // our close frame was sent, the server's is awaited
    ended     // there will be no further frame
  };

  void on_data(std::span<char> bytes) override;
  void on_closed() override;
  void on_overflow() override;
  void on_drained() override;

  void handle(const ws::Event& event);
  void on_ping(std::string_view payload);
  void on_close_frame(std::uint16_t code, std::string_view reason);
  void on_violation(std::uint16_t code, std::string_view why);
  void run_out(const Disconnect& reason);
  void end(const Disconnect& reason);
  Disconnect lost() const;

  void send_frame(ws::Opcode opcode, std::string_view payload, bool compressed = false);
  void send_close(std::optional<std::uint16_t> code, std::string_view reason = {});
  void send_pong(std::string_view payload);
  /// Bytes of queued_in_all_ that were sent.
  std::size_t gone() const noexcept { return queued_in_all_ - connection_->queued_bytes(); }

  Shared& shared_;
  const SocketOptions& options_;
  Transport::Handler* handler_;                  // null once on_closed() was called
  std::unique_ptr<net::Connection> connection_;  // null once it runs out
  std::string server_;
  ws::Decoder decoder_;
  std::unique_ptr<std::string> late_pong_;  // the payload of a ping that waits until an earlier pong was sent
  std::size_t queued_in_all_;
  std::size_t pong_end_ = 0;  // gone() at which the last pong was sent
  net::Timers::Id close_timer_ = net::Timers::kNone;
  State state_ = State::open;
  bool deflate_;
  bool is_paused_ = false;
  bool was_full_ = false;  // buffered() has been over max_unsent
};

}  // namespace suzaku::client::transport
