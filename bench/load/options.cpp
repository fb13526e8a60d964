#include "options.hpp"

#include <array>
#include <charconv>
#include <sstream>
#include <utility>

#include "failure.hpp"

namespace phxload {
namespace {

constexpr std::array<std::pair<std::string_view, Mode>, 4> kModes{
    {{"fanout", Mode::kFanout}, {"echo", Mode::kEcho}, {"idle", Mode::kIdle}, {"storm", Mode::kStorm}}};

struct Text {
  std::string_view name;
  std::string Options::* member;
};

constexpr Text kTexts[] = {{"--host", &Options::host},
                           {"--path", &Options::path},
                           {"--query", &Options::query},
                           {"--topic", &Options::topic},
                           {"--join", &Options::join}};

struct Integer {
  std::string_view name;
  int Options::* member;
  int least;
  int most;
};

constexpr Integer kIntegers[] = {
    {"--port", &Options::port, 1, 65535},       {"--pid", &Options::pid, 0, 100'000'000},
    {"--conns", &Options::conns, 1, 1'000'000}, {"--size", &Options::size, 0, 100'000'000},
    {"--window", &Options::window, 1, 100'000}, {"--topics", &Options::topics, 1, 1'000'000},
};

[[noreturn]] void refuse(std::string message) {
  throw Failure{Failure::kSetup, std::move(message) + " (see phxload --help)"};
}

template <typename Number>
Number number(std::string_view name, std::string_view text, Number least, Number most) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    std::ostringstream message;
    message << name << " needs a number from " << least << " to " << most << ", not '" << text << "'";
    refuse(message.str());
  }
  return value;
}

Mode mode_named(std::string_view text) {
  for (const auto& [name, mode] : kModes) {
    if (name == text) return mode;
  }
  refuse("--mode is fanout, echo, idle or storm, not '" + std::string(text) + "'");
}

void set(Options& options, std::string_view name, std::string_view value) {
  if (name == "--mode") {
    options.mode = mode_named(value);
    return;
  }
  if (name == "--secs") {
    options.secs = number(name, value, 0.0, 86400.0);
    return;
  }
  for (const auto& text : kTexts) {
    if (text.name != name) continue;
    options.*text.member = value;
    return;
  }
  for (const auto& integer : kIntegers) {
    if (integer.name != name) continue;
    options.*integer.member = number(name, value, integer.least, integer.most);
    return;
  }
  refuse("there is no option " + std::string(name));
}

}  // namespace

Options parse_options(int argc, const char* const* argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--help" || name == "-h") {
      options.help = true;
      return options;
    }
    if (i + 1 == argc) refuse(std::string(name) + " needs a value");
    set(options, name, argv[i + 1]);
  }
  if (options.topics > options.conns) refuse("--topics must not exceed --conns: every topic needs a subscriber");
  return options;
}

std::string_view name_of(Mode mode) {
  for (const auto& [name, named] : kModes) {
    if (named == mode) return name;
  }
  return "?";
}

std::string_view help() {
  return R"(phxload: load for any server that speaks Phoenix Channels V2 over WebSocket. One thread; prints one line of JSON.

  phxload --port PORT --pid SERVER_PID --mode MODE [options]

Modes
  fanout   one publisher per topic keeps --window "shout" pushes in flight; a push is done when all subscribers have it
  echo     every connection keeps --window "echo" pushes in flight
  idle     connect and join, wait --secs, report the server's memory per connection
  storm    connect and join as fast as possible, report joins/s and the server's CPU per join

Options                             (default)
  --host ADDRESS   server's IPv4    (127.0.0.1)
  --port PORT      server's port    (4000)
  --pid PID        server's process, for its CPU time and memory; 0: do not look (0)
  --path PATH      WebSocket path   (/socket/websocket)
  --query TEXT     added to the URL after ?vsn=2.0.0, for example '&token=secret'
  --topic TOPIC    joined topic     (room:bench)
  --topics K       K > 1: connection i joins TOPIC followed by i modulo K (1)
  --join JSON      join payload     ({})
  --conns N        connections; each 10,000 come from another address of 127.0.0.0/8 (100)
  --size BYTES     body of a push   (128)
  --window W       pushes in flight (4)
  --secs S         time measured, after 1 s of warming up; in idle and storm: time to settle (5)

Exit code: 0 measured, 1 could not start, 2 not all could join, 3 errors while measuring.
The whole run takes at most 120 s for joining, 1 s of warming up and --secs.
)";
}

}  // namespace phxload
