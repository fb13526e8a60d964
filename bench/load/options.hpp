#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace phxload {

enum class Mode : std::uint8_t { kFanout, kEcho, kIdle, kStorm };

/// What the command line says; help() tells what each means.
struct Options {
  bool help = false;
  Mode mode = Mode::kFanout;
  std::string host = "127.0.0.1";
  std::string path = "/socket/websocket";
  std::string query;
  std::string topic = "room:bench";
  std::string join = "{}";
  int port = 4000;
  int pid = 0;
  int conns = 100;
  int size = 128;
  int window = 4;
  int topics = 1;
  double secs = 5;
};

/// Throws Failure with a message for the user when the line makes no sense.
Options parse_options(int argc, const char* const* argv);

std::string_view help();
std::string_view name_of(Mode mode);

}  // namespace phxload
