// coroutine URL TOPIC: says hello, then answers each "ping" with a "pong", until someone says "bye".
#include <iostream>

#include <suzaku/client.hpp>

using namespace suzaku::client;
using namespace std::chrono_literals;

namespace {

Coroutine talk(Socket& socket, std::string topic) {
  if (const Reply connected = co_await socket.connect(); !connected.ok()) {
    std::cerr << connected.message << '\n';
    co_return;
  }
  Channel channel = socket.channel(topic);
  auto events = channel.events("shout");
  if (const Reply joined = co_await channel.join(); !joined.ok()) {
    std::cerr << joined.message << '\n';
    co_return;
  }
  Push hello = channel.push("shout", {{"text", "hello"}});  // GCC 12 compiles no payload in braces within co_await
  co_await hello;

  while (const auto event = co_await events.next()) {
    const auto& text = event->payload.json().at("text");
    std::cout << text << std::endl;
    if (text == "ping") channel.push("shout", {{"text", "pong"}});
    if (text == "bye") break;
  }
  co_await channel.leave();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: coroutine URL TOPIC\n";
    return 2;
  }
  Socket socket(argv[1], {.reconnect = {.max_elapsed = 10s}});  // otherwise connect() is tried for ever
  talk(socket, argv[2]).wait();
}
