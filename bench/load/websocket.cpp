#include "websocket.hpp"

namespace phxload {
namespace {

std::uint64_t big_endian(const char* bytes, int count) noexcept {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
}

}  // namespace

std::optional<Frame> take_frame(std::string_view& bytes) noexcept {
  if (bytes.size() < 2) return std::nullopt;
  std::size_t header = 2;
  std::uint64_t length = bytes[1] & 127;
  if (length >= 126) {
    const int extra = length == 126 ? 2 : 8;
    header += static_cast<std::size_t>(extra);
    if (bytes.size() < header) return std::nullopt;
    length = big_endian(bytes.data() + 2, extra);
  }
  if (bytes.size() - header < length) return std::nullopt;
  const Frame frame{static_cast<Opcode>(bytes[0] & 15), bytes.substr(header, length)};
  bytes.remove_prefix(header + length);
  return frame;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  constexpr char kMasked = '\x80';
  constexpr std::string_view kZeroKey("\0\0\0\0", 4);
  out.push_back(static_cast<char>(0x80 | static_cast<int>(opcode)));
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(kMasked | static_cast<char>(payload.size())));
  } else if (payload.size() < 65536) {
    out.push_back(static_cast<char>(kMasked | 126));
    append_big_endian(out, payload.size(), 2);
  } else {
    out.push_back(static_cast<char>(kMasked | 127));
    append_big_endian(out, payload.size(), 8);
  }
  out += kZeroKey;
  out += payload;
}

std::string upgrade_request(std::string_view path_and_query, int port) {
  std::string request = "GET ";
  request += path_and_query;
  request += " HTTP/1.1\r\nHost: localhost:" + std::to_string(port);
  request +=
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n";
  return request;
}

}  // namespace phxload
