// agents URL [TOPIC]: keeps a connection to a Phoenix app, and lets an agent act on what is said there. Ctrl-C ends it.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <variant>

#include <suzaku/bridge.hpp>
#include <suzaku/signals.hpp>

using namespace suzaku;

namespace {

/// Counts what it sees. When it throws it is started again, and counts from 1.
signals::Agent counter() {
  return {.name = "counter", .patterns = {"suzaku.**"}, .start = []() -> signals::Handler {
            return [seen = 0](const signals::Signal& signal) mutable {
              std::printf("%d %s %s\n", ++seen, signal.type.c_str(), std::string(signal.data.raw()).c_str());
              std::fflush(stdout);
            };
          }};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: agents ws://localhost:4000/socket [room:lobby]\n", stderr);
    return 2;
  }
  sigset_t ends;  // before there are threads: it is the main thread that waits for these
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  signals::SignalBus bus;
  signals::Coordinator agents(bus);
  if (const auto added = agents.add(counter()); !added) std::abort();

  bridge::ConnectionSupervisor connections(bus);
  const auto started = connections.start_connection(
      {.name = "chat", .uri = argv[1], .auto_join_channels = {{.topic = argc > 2 ? argv[2] : "room:lobby"}}});
  if (!started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 1;
  }
  int signal = 0;
  sigwait(&ends, &signal);
  connections.stop().get();  // leaves the channel, and closes
  agents.wait_until_idle(std::chrono::seconds(1));
}
