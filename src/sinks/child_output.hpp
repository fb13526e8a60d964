#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include <suzaku/bridge/connection_supervisor.hpp>

#include "base/counter.hpp"
#include "base/log_limit.hpp"
#include "sinks/line_splitter.hpp"
#include "sinks/pusher.hpp"

namespace suzaku::sinks {

/// The output of an agent's program: pushes on standard output, lines for the log on standard error. One thread.
/// Any thread may read the counts.
class ChildOutput {
 public:
  static constexpr std::size_t kLongestPush = 1 << 20;
  static constexpr std::size_t kLongestError = 8 << 10;

  ChildOutput(const bridge::ConnectionSupervisor& connections, std::string agent)
      : agent_(std::move(agent)), pusher_(connections, agent_) {}

  /// Makes each push at once or not at all. Waits while too many pushes have no answer, until `stop`.
  void add_output(std::string_view bytes, const std::stop_token& stop);
  void add_errors(std::string_view bytes);
  /// The program has ended. The output of the next program may follow.
  void end(const std::stop_token& stop);

  std::uint64_t pushes() const { return pusher_.counts().sent(); }
  /// Pushes that were not made or have failed.
  std::uint64_t push_errors() const;
  std::uint64_t bad_lines() const noexcept { return bad_lines_.get(); }

 private:
  void on_output(const LineSplitter::Line& line, const std::stop_token& stop);
  void on_error(const LineSplitter::Line& line);
  void on_bad_line(std::string_view line, std::string_view why);
  void push(const PushCommand& command, const std::stop_token& stop);

  const std::string agent_;
  Pusher pusher_;
  LineSplitter output_{kLongestPush};
  LineSplitter errors_{kLongestError};
  LogLimit warnings_{10};
  LogLimit words_{100};
  Counter refused_;
  Counter bad_lines_;
};

}  // namespace suzaku::sinks
