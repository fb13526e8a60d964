#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/options.hpp>

#include "protocol/message.hpp"

namespace suzaku::client {

/// What an attempt connects to, and its credentials.
struct Target {
  TransportKind kind = TransportKind::websocket;
  std::string url = {};  // ws:// or wss://, with the transport's path and the whole query, without a user
  std::string auth_token = {};
  std::vector<Header> headers = {};
  std::optional<std::string> proxy = {};  // as SocketOptions::proxy
};

/// One connection to the server: it connects, is open, ends, and is not used again. Lives on the engine's thread. The
/// destructor ends the connection at once, and no handler is called afterwards. It may be destroyed within the
/// functions of its handler.
class Transport {
 public:
  class Handler {
   public:
    virtual void on_open() = 0;
    /// A part of a message was received.
    virtual void on_bytes() {}
    /// A message, with 64 readable bytes behind it; valid during the call.
    virtual void on_message(protocol::FrameType type, std::string_view message) = 0;
    /// buffered() has fallen after it was over SocketOptions::max_unsent.
    virtual void on_drained() = 0;
    /// The connection has ended, or could not be made. The last call.
    virtual void on_closed(const Disconnect& reason) = 0;

   protected:
    ~Handler() = default;
  };

  virtual ~Transport() = default;

  /// Only while it is open. Never calls the handler from within.
  virtual void send(protocol::FrameType type, std::string_view message) = 0;
  /// Sends what waits, then closes with a close frame, within SocketOptions::close_timeout; then calls on_closed() with
  /// Kind::requested. Nothing is sent after it; messages may still be received.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  /// Only while it is open. Reads no further message until resume_reading() or close(). When it is called within
  /// on_message(), no further message follows, though it may have been read already.
  virtual void pause_reading() = 0;
  /// Never calls the handler from within.
  virtual void resume_reading() = 0;
  /// Bytes that wait for the network.
  virtual std::size_t buffered() const noexcept = 0;
};

}  // namespace suzaku::client
