#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <suzaku/signals/filter.hpp>
#include <suzaku/signals/restart.hpp>
#include <suzaku/signals/signal_bus.hpp>

namespace suzaku::signals {

/// What an agent does with a signal. It gets a copy that it may change. An exception ends the agent, and the signal is
/// lost; the agent is started again as its RestartOptions say.
using Handler = std::function<void(const Signal&)>;
/// Handles a batch of at most 64 signals and 1 MiB, oldest first. The whole batch is lost when it throws.
/// The signals are shared with others: see SignalPtr.
using BatchHandler = std::function<void(std::span<const SignalPtr>)>;

struct Agent {
  std::string name;
  std::vector<std::string> patterns;  // types of signals, as for SignalBus::subscribe_type()
  std::vector<Filter> filters = {};   // of messages; signals of other kinds pass
  /// Makes the handler and its state. Called at each start, on a worker thread. An exception counts as a failure.
  std::function<std::variant<Handler, BatchHandler>()> start;
  /// Called when the agent is removed or replaced and gets no more signals. Its handler may still run: a handler that
  /// waits should end. Must not throw.
  std::function<void()> stop = {};
  RestartOptions restart = {};
  std::size_t capacity = 10'000;     // signals that may wait for it
  std::size_t max_bytes = 64 << 20;  // bytes that they may take; see SubscriptionOptions
  Drop drop = Drop::oldest;
  /// For a handler that waits for a disk, the network or another program, which would block a thread of the pool.
  bool has_own_thread = false;
};

/// Runs agents as actors on a pool of threads, or on threads of their own: an agent handles its signals one by one, in
/// order. Agents run at the same time, and a busy agent does not delay others. Any thread.
class Coordinator {
 public:
  struct Options {
    std::size_t threads = 0;  // 0: as many as the machine has
    /// Called for each signal without a subscriber, and for each that an agent lost because its queue was full, or it
    /// was given up or removed. They are also counted and, not more than once a second, logged. On any thread; must not
    /// block or throw, nor call the bus or the coordinator.
    std::function<void(const Signal&, std::string_view why)> on_dead_letter = {};
  };
  explicit Coordinator(SignalBus& bus) : Coordinator(bus, Options()) {}
  Coordinator(SignalBus& bus, Options options);
  /// Waits for handlers that run. Signals that still wait become dead letters. Must not be called within a handler.
  ~Coordinator();
  Coordinator(const Coordinator&) = delete;
  Coordinator& operator=(const Coordinator&) = delete;

  /// Fails when there is an agent of this name. Throws std::invalid_argument for an invalid pattern, and
  /// without `start`.
  [[nodiscard]] Result<void> add(Agent agent);
  /// Replaces the agent of the same name, with a new state. No signal is lost between the two or handled twice.
  /// Signals that wait for the old agent are handled first, as far as the new queue has room. Waits for the handler of
  /// the old agent if it runs, unless called within a handler. Fails when there is no such agent. Throws as add() does,
  /// and then changes nothing.
  [[nodiscard]] Result<void> replace(Agent agent);
  /// Signals that wait for the agent become dead letters. Waits for its handler if it runs, unless called within a
  /// handler. False when there is no such agent.
  bool remove(std::string_view name);
  /// Waits until no signal waits for an agent, at most this long.
  bool wait_until_idle(std::chrono::nanoseconds time);

  struct AgentStatus {
    std::string name;
    bool is_running = true;  // false: it was given up
    std::size_t waiting = 0;
    std::size_t waiting_bytes = 0;
    std::uint64_t handled = 0;
    std::uint64_t dropped = 0;
    std::uint64_t failures = 0;
    std::string last_failure = {};
    std::optional<std::chrono::system_clock::time_point> last_failure_at = {};
  };
  std::vector<AgentStatus> agents() const;  // by name
  std::uint64_t dead_letters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace suzaku::signals
