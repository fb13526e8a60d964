// conformance_server --port N [--loops N]: the server of the golden transcripts, for clients and load generators to be
// pointed at. Prints "listening on port N" when it is ready; SIGTERM drains it.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <sys/resource.h>

#include <suzaku/server.hpp>

#include "room_channel.hpp"

int main(int argc, char** argv) {
  suzaku::server::EndpointOptions options;
  CLI::App app{"The Phoenix Channels server of the golden transcripts"};
  app.add_option("--port", options.port, "port to listen on; 0 lets the system choose");
  app.add_option("--loops", options.loops, "event loops; 0 is one per core");
  CLI11_PARSE(app, argc, argv);

  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  suzaku::server::Endpoint endpoint(options);
  suzaku::conformance::mount(endpoint);
  const auto done = endpoint.run([&] {
    std::printf("listening on port %u\n", unsigned{endpoint.port()});
    std::fflush(stdout);
  });
  if (!done) std::fprintf(stderr, "conformance_server: %s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
