// client_echo URL SECONDS IN_FLIGHT: pushes "echo" on one channel, again as soon as a reply is there, and tells as one
// line of JSON how many round trips that were and what CPU time they cost this process.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <sys/resource.h>

#include <suzaku/client.hpp>

using namespace suzaku::client;

namespace {

const suzaku::Payload kBody{{"text", std::string(100, 'x')}};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Load {
  Channel channel;
  std::atomic<long> replies{0};

  void push() {
    channel.push("echo", kBody).then([this](const Reply& reply) {
      if (!reply.ok()) return;
      ++replies;
      push();
    });
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: client_echo URL SECONDS IN_FLIGHT\n", stderr);
    return 2;
  }
  Socket socket(argv[1]);
  socket.connect();
  Load load{socket.channel("room:echo")};
  if (const Reply joined = load.channel.join().get(); !joined.ok()) {
    std::fprintf(stderr, "%s\n", joined.message.c_str());
    return 1;
  }
  for (int i = std::atoi(argv[3]); i > 0; --i) load.push();

  const std::chrono::duration<double> time(std::atof(argv[2]));
  std::this_thread::sleep_for(time / 4);  // to warm up
  const long replies = load.replies;
  const double cpu = cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(time);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("{\"round_trips\":%ld,\"seconds\":%.4f,\"cpu_s\":%.4f}\n", load.replies - replies, took.count(),
              cpu_seconds() - cpu);
}
