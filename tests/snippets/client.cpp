// The C++ of docs/guides/client.md, and the table "Side by side".
#include <iostream>
#include <optional>
#include <string>

#include "client.md/from_phoenix_js_to_suzaku"

void a_callback(Channel& channel) {
#include "client.md/three_ways_to_get_an_answer"
}
void a_thread_that_waits(Socket& socket, Channel& channel) {
#include "client.md/three_ways_to_get_an_answer_2"
}
#include "client.md/three_ways_to_get_an_answer_3"

std::string fresh();

void make_sockets(const std::string& token) {
  Socket socket{"wss://h/socket", {.params = {{"user", "ann"}}}};
  const SocketOptions options{
      .params = [](const ConnectAttempt&) -> Result<Payload> { return Payload{{"token", fresh()}}; },
      .auth_token = token,
      .long_poll_fallback = 2500ms,
      .reconnect = {.backoff = CustomBackoff([](const Retry& retry) { return retry.attempt * 100ms; })}};
}

void use_socket(Socket& socket, std::uint16_t code, std::string_view reason, int seen) {
  socket.connect().get_for(10s);
  socket.disconnect(code, reason);
  socket.status();
  socket.ping();
  socket.channel("room:1", JoinParams{{"a", 1}});
  socket.channel("room:1", JoinParams([&](const JoinAttempt&) -> Result<Payload> { return Payload{{"last", seen}}; }));
}

void use_channel(Channel& channel, const std::string& text, const std::string& bytes, const Payload& payload) {
  const auto f = [](const auto&) {};
  channel.push("shout", {{"text", text}}).receive("ok", f);
  channel.push("shout", payload, {.timeout = 5s});
  channel.push("bin", Payload::binary(bytes));
  const auto binding = channel.on("shout", f);
  channel.off(binding);
  channel.on("*", f);
  Presence presence{channel};
  presence.list();
}
