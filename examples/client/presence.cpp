// presence URL TOPIC: prints who comes and who goes. The server must track presences on this topic.
#include <csignal>
#include <iostream>

#include <suzaku/client.hpp>

using namespace suzaku::client;

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: presence URL TOPIC\n";
    return 2;
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before there are threads: they inherit it

  Socket socket(argv[1]);
  Channel channel = socket.channel(argv[2]);
  Presence presence(channel);
  presence.on_join([](std::string_view key, const suzaku::Json* before, const suzaku::Json&) {
    if (!before) std::cout << key << " came" << std::endl;
  });
  presence.on_leave([](std::string_view key, const suzaku::Json& now, const suzaku::Json&) {
    if (now.at("metas").as_array().empty()) std::cout << key << " went" << std::endl;
  });
  presence.on_sync([&] { std::cout << presence.size() << " here" << std::endl; });
  channel.join().then([](const Reply& reply) {
    if (!reply.ok()) std::cerr << reply.message << '\n';
  });
  socket.connect();

  int signal = 0;
  sigwait(&ends, &signal);
}
