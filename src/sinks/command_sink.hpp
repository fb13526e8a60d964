#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include <suzaku/bridge/connection_supervisor.hpp>

#include "signals/restart_policy.hpp"
#include "sinks/child_output.hpp"
#include "sinks/child_process.hpp"
#include "sinks/line_feed.hpp"
#include "sinks/options.hpp"
#include "sinks/sink.hpp"
#include "sinks/wake_event.hpp"

namespace suzaku::sinks {

/// Writes signals to a program, and makes the pushes that it asks for. When the program ends it is started again as the
/// options say. The new process gets the first line that was not completely written, and the lines behind it. Lines
/// that the old process had not read are lost. Processes that it has started are killed when it has ended, unless they
/// have left its process group.
class CommandSink final : public Sink {
 public:
  /// Starts the program. Throws std::runtime_error, with its name and the reason, when it cannot be started.
  CommandSink(std::string agent, CommandOptions options, const bridge::ConnectionSupervisor& connections);
  ~CommandSink() override;

  /// Throws std::runtime_error when the program has ended and is not started again.
  void take(std::span<const signals::SignalPtr> batch) override;
  /// Also closes the standard input of the program. A program that does not end then gets SIGTERM, and later SIGKILL.
  void stop() noexcept override;
  /// {"pid" (null: it has ended), "restarts", "lines", "waiting", "pushes", "push_errors", "bad_lines", "is_given_up"};
  /// with "last_failure" when it is not started again
  JsonObject status() const override;

 private:
  using Clock = std::chrono::steady_clock;

  /// The last step that was made to end the program.
  enum class Phase : std::uint8_t { running, input_closed, terminated, killed };  // SIGTERM, SIGKILL

  /// Members that other threads read.
  struct Shared {
    LineFeed feed = {};
    std::string over = {};  // why the program is not started again
    std::chrono::system_clock::time_point over_at = {};
    bool is_given_up = false;
    pid_t pid = 0;
    std::uint64_t restarts = 0;
    std::uint64_t failures = 0;
    std::uint64_t lines = 0;
    std::uint64_t waiting = 0;  // lines of the feed that are not completely written
  };

  // Called on the thread that owns the program.
  void run();
  void serve();
  void write_input();
  void on_closed_input();
  /// Returns the number of bytes that were read.
  std::size_t read_output();
  std::size_t read_errors();
  void begin_end();
  void hasten_end();
  int time_left() const;
  void on_end();
  std::string how_ended(const ChildEnd& end) const;
  void restart(bool has_failed, std::string why);
  void begin(const char* how);
  void give_up(bool is_given_up, std::string why);

  const std::string agent_;
  const CommandOptions options_;
  const WakeEvent wake_;  // the thread has something to do
  std::stop_source stop_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Shared shared_;  // guarded by mutex_

  // Used by the thread only.
  std::optional<ChildProcess> child_;
  ChildOutput output_;
  signals::RestartPolicy policy_;
  Phase phase_ = Phase::running;
  bool has_closed_input_ = false;    // the program, before it was to end
  Clock::time_point deadline_ = {};  // of the phase

  std::thread thread_;
};

}  // namespace suzaku::sinks
