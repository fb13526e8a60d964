#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace suzaku::program {

/// What the process ends with.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kBadUsage = 2;

/// `suzaku server`: lives as long as the App it adds itself to.
class ServerCommand {
 public:
  explicit ServerCommand(CLI::App& program);

  /// Whether it is the one that was given.
  bool chosen() const;
  /// Serves until a signal ends it; returns the exit code.
  int run() const;
  /// Says on standard error which flag is unknown and what was meant; returns the exit code.
  static int refuse_flag(const std::string& flag);

 private:
  CLI::App* command_;
  std::optional<std::string> config_file_;
  std::vector<std::pair<std::size_t, std::string>> flags_;  // place in the table of options, value
};

}  // namespace suzaku::program
