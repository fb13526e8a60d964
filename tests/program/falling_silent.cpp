#include "falling_silent.hpp"

#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <suzaku/json.hpp>

#include "client/transport/served_websocket.hpp"

namespace suzaku::test {
namespace {

enum class Part : unsigned char { first = 0x01, next = 0x00, last = 0x80 };

/// A frame that is a part of a text message.
std::string frame(Part part, std::string_view payload) {
  return std::string{static_cast<char>(part), static_cast<char>(payload.size())}.append(payload);
}

void answer(ServedWebSocket& client, const Json& message) {
  client.text(boost::json::serialize(Json{message.at(0), message.at(1), message.at(2), "phx_reply",
                                          Json{{"status", "ok"}, {"response", JsonObject()}}}));
}

void serve(ServedConnection& connection, std::size_t heartbeats) {
  ServedWebSocket client(connection);
  std::size_t count = 0;
  const auto send_part = [&client](Part part, std::string_view payload) {
    client.raw(frame(part, payload));
    client.frame(ws::Opcode::ping, {});  // its answer asks for the next
  };
  while (true) {
    const auto received = client.next();
    const bool was_silent = count > 0 && count <= heartbeats;
    if (received.kind == Received::Kind::pong) {
      if (was_silent) send_part(Part::next, " ");
      continue;
    }
    if (received.kind != Received::Kind::text) return;
    const Json message = boost::json::parse(received.payload);
    if (message.at(3) == "heartbeat") ++count;
    const bool is_silent = count > 0 && count <= heartbeats;
    if (is_silent && !was_silent) send_part(Part::first, "[");
    if (was_silent && !is_silent) client.raw(frame(Part::last, R"(null,null,"room:lobby","news",{}])"));
    if (!is_silent) answer(client, message);
  }
}

}  // namespace

FallingSilent::FallingSilent(std::size_t heartbeats)
    : server_([heartbeats](ServedConnection& connection) { serve(connection, heartbeats); }) {}

}  // namespace suzaku::test
