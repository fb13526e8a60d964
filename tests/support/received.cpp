#include "support/received.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace suzaku::test {

std::optional<Received> received_from(const ws::Event& event, std::string_view peer) {
  std::string payload(event.payload);
  switch (event.kind) {
    case ws::Event::Kind::need_more:
      return {};
    case ws::Event::Kind::message:
      return Received{event.opcode == ws::Opcode::text ? Received::Kind::text : Received::Kind::binary,
                      std::move(payload)};
    case ws::Event::Kind::ping:
      return Received{Received::Kind::ping, std::move(payload)};
    case ws::Event::Kind::pong:
      return Received{Received::Kind::pong, std::move(payload)};
    case ws::Event::Kind::close:
      return Received{Received::Kind::close, std::move(payload), event.close_code};
    case ws::Event::Kind::error:
      break;
  }
  throw std::runtime_error(std::string(peer) + " broke the WebSocket protocol: " + payload);
}

}  // namespace suzaku::test
