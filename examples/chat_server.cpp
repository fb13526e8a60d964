// The smallest whole program: a chat. Run `chat_server [port]`, and connect with phoenix.js to
// ws://localhost:4000/socket.
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

#include <suzaku/server.hpp>

using namespace suzaku::server;
using suzaku::Payload;

struct RoomChannel : Channel {
  JoinResult join(std::string_view, const Payload&) override { return ok(); }

  HandleResult handle_in(std::string_view event, const Payload& payload) override {
    if (event != "shout") return reply_error({{"reason", "unknown event"}});
    broadcast("shout", payload);
    return reply_ok();
  }
};

int main(int argc, char** argv) try {
  Endpoint endpoint{{.port = static_cast<std::uint16_t>(argc > 1 ? std::stoi(argv[1]) : 4000)}};
  endpoint.socket("/socket").channel<RoomChannel>("room:*");
  const auto done = endpoint.run([&] { std::cout << "listening on port " << endpoint.port() << std::endl; });
  if (done) return 0;
  std::cerr << done.error().message << '\n';
  return 1;
} catch (const std::exception& wrong) {
  std::cerr << "chat_server [port]: " << wrong.what() << '\n';
  return 1;
}
