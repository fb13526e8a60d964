#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The client's side of WebSocket framing: as much as a load generator needs. Servers here never fragment.
namespace phxload {

enum class Opcode : std::uint8_t { kText = 1, kClose = 8, kPing = 9, kPong = 10 };

struct Frame {
  Opcode opcode;
  std::string_view payload;  ///< Points into the bytes it was taken from.
};

/// Takes the first frame off the front of `bytes`. Nothing, and `bytes` unchanged, while it is not complete.
std::optional<Frame> take_frame(std::string_view& bytes) noexcept;

/// Appends one frame, masked with the key 0: the payload travels as it is and masking costs the generator nothing.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);

/// The HTTP request that opens the connection.
std::string upgrade_request(std::string_view path_and_query, int port);

}  // namespace phxload
