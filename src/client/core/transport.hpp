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

/// Where an attempt to connect goes, and with what.
struct Target {
  TransportKind kind = TransportKind::websocket;
  std::string url;  // ws:// or wss://, with the transport's path and the whole query
  std::string auth_token;
  std::vector<Header> headers = {};
  std::optional<std::string> proxy = {};  // as SocketOptions::proxy
};

/// One connection to the server, whatever carries it: made, open, ended; it is not used again. Lives on the engine's
/// thread. Destroying it ends the connection at once; nothing is called afterwards. It may be destroyed within its own
/// handler's functions.
class Transport {
 public:
  class Handler {
   public:
    virtual void on_open() = 0;
    /// Something has come in, perhaps a part of a message: the server is there. Need not be called before
    /// on_message().
    virtual void on_bytes() {}
    /// A message, with 64 readable bytes behind it; valid during the call.
    virtual void on_message(protocol::FrameType type, std::string_view message) = 0;
    /// What waits to be sent has gone down after buffered() had been over SocketOptions::max_unsent.
    virtual void on_drained() = 0;
    /// It has ended, or could not be made. Called once, and nothing after it.
    virtual void on_closed(const Disconnect& reason) = 0;

   protected:
    ~Handler() = default;
  };

  virtual ~Transport() = default;

  /// Only once it is open. Never calls the handler from within.
  virtual void send(protocol::FrameType type, std::string_view message) = 0;
  /// Sends what waits, then closes in good order, at most within SocketOptions::close_timeout; then comes on_closed()
  /// with Kind::requested. Nothing is sent after it, messages may still come.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  /// Bytes that wait for the network.
  virtual std::size_t buffered() const noexcept = 0;
};

}  // namespace suzaku::client
