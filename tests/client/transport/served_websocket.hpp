#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/client.hpp"
#include "support/scripted_server.hpp"
#include "ws/decoder.hpp"
#include "ws/deflate.hpp"
#include "ws/frame.hpp"

namespace suzaku::test {

/// The head of an upgrade request, up to the empty line.
inline std::string read_request(ServedConnection& connection) {
  return connection.read_until("\r\n\r\n");
}
/// The value of a header in a head; nothing when it is not there.
std::optional<std::string> header_of(const std::string& head, const std::string& name);
/// The 101 answer that grants a request, with more header lines ("Name: value\r\n").
std::string granted(const std::string& request, const std::string& more_headers = {});

/// The server's end of a WebSocket, blocking, that sends what the test says, right or wrong.
class ServedWebSocket {
 public:
  /// Reads the upgrade request and grants it.
  explicit ServedWebSocket(ServedConnection& connection, const std::string& more_headers = {}, bool deflate = false)
      : connection_(connection), request_(read_request(connection)), decoder_(ws::Role::server, 64 << 20, deflate) {
    connection_.write(granted(request_, more_headers));
  }

  const std::string& request() const noexcept { return request_; }
  void frame(ws::Opcode opcode, std::string_view payload) { raw(ws::make_frame(opcode, payload).view()); }
  void text(std::string_view message) { frame(ws::Opcode::text, message); }
  void close(std::optional<std::uint16_t> code, std::string_view reason = {}) {
    raw(ws::make_close_frame(code, reason).view());
  }
  void raw(std::string_view bytes) { connection_.write(bytes); }

  /// The next frame of the client; Kind::eof when it has closed. Throws when it breaks the protocol.
  Received next();
  /// Whether the last message was compressed is seen by its raw size.
  ServedConnection& connection() noexcept { return connection_; }

 private:
  ServedConnection& connection_;
  std::string request_;
  ws::Decoder decoder_;
  ws::Inflater inflater_;
  std::string input_;
};

}  // namespace suzaku::test
