#include "served_websocket.hpp"

#include <algorithm>
#include <cctype>

#include "support/received.hpp"
#include "ws/handshake.hpp"

namespace suzaku::test {

std::optional<std::string> header_of(const std::string& head, const std::string& name) {
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == head.npos) return std::nullopt;
  const std::size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string granted(const std::string& request, const std::string& more_headers) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         ws::accept_key(header_of(request, "Sec-WebSocket-Key").value_or("")) + "\r\n" + more_headers + "\r\n";
}

Received ServedWebSocket::next() {
  while (true) {
    if (auto received = received_from(decoder_.next(&inflater_), "the client")) return *std::move(received);
    input_ = connection_.read_some();
    if (input_.empty()) return {};
    input_.reserve(input_.size() + ws::Decoder::kPadding);
    decoder_.feed(input_);
  }
}

}  // namespace suzaku::test
