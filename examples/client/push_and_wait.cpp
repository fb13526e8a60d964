// push_and_wait URL TOPIC EVENT [JSON]: pushes one event and prints the server's reply.
#include <iostream>

#include <suzaku/client.hpp>

using namespace suzaku::client;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    std::cerr << "usage: push_and_wait URL TOPIC EVENT [JSON]\n";
    return 2;
  }
  const auto payload = argc == 5 ? suzaku::Payload::from_text(argv[4]) : suzaku::Payload();

  Socket socket(argv[1], {.reconnect = {.enabled = false}});
  const auto connected = socket.connect().get_for(10s);  // get() has no time-out here
  if (!connected || !connected->ok()) {
    std::cerr << (connected ? connected->message : "no connection within 10 s") << '\n';
    return 1;
  }
  Channel channel = socket.channel(argv[2]);
  channel.join();
  const Reply reply = channel.push(argv[3], payload, {.timeout = 5s}).get();  // waits for the join, too
  std::cout << reply.status << ' ' << reply.response.raw() << '\n';
  if (!reply.ok()) std::cerr << reply.message << '\n';
  return reply.ok() ? 0 : 1;
}
