// listen URL TOPIC: prints every message of a topic, and keeps doing so whatever happens to the server.
#include <csignal>
#include <iostream>

#include <suzaku/client.hpp>

using namespace suzaku::client;

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: listen URL TOPIC     for example: listen ws://localhost:4000/socket room:lobby\n";
    return 2;
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before there are threads: they inherit it

  Socket socket(argv[1]);
  socket.on_open([](const Socket::Opened&) { std::cerr << "connected\n"; });
  socket.on_reconnect([](const Socket::Reconnecting& next) {
    std::cerr << next.reason.message << "; trying again in " << next.delay.count() << " ms\n";
  });

  Channel channel = socket.channel(argv[2]);
  channel.on("*",
             [](const Message& message) { std::cout << message.event << ' ' << message.payload.raw() << std::endl; });
  channel.on_error([](const ChannelError& error) { std::cerr << error.message << '\n'; });
  channel.join().receive("ok", [](const suzaku::Payload&) { std::cerr << "joined\n"; });
  socket.connect();

  int signal = 0;
  sigwait(&ends, &signal);
  channel.leave().get();
}
