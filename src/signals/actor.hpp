#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <suzaku/signals/coordinator.hpp>

#include "signals/dead_letters.hpp"
#include "signals/restart_policy.hpp"
#include "signals/worker_pool.hpp"

namespace suzaku::signals {

/// A running agent. It has turns on the pool, never two at a time. In each turn it handles some of the waiting signals.
class Actor : public std::enable_shared_from_this<Actor> {
 public:
  Actor(Agent agent, WorkerPool& pool, DeadLetters& dead_letters);

  /// Subscribes, and posts the first turn. Once, before anything else.
  void begin(SignalBus& bus);
  /// The same for signals without a subscriber.
  void begin_with_unheard(SignalBus& bus);

  /// The same in place of another actor that has begun, and takes over its signals. Has no turn before begin_after().
  void take_over(SignalBus& bus, Actor& before);
  /// Removes the other actor.
  void begin_after(Actor& before, bool waits);

  /// No turn begins after this. Waiting signals become dead letters. With `waits`, waits for a handler that runs. To be
  /// called once, as the last call.
  void remove(bool waits);
  Coordinator::AgentStatus status() const;

 private:
  SubscriptionOptions options();
  void begin(Subscription subscription);
  void wake();  // called with the subscription locked
  void post();

  void turn();
  void end_turn();
  void handle_waiting();
  std::size_t handle_some(std::size_t most);
  bool has_handler() const noexcept;
  void start();
  void fail(std::string what);
  void clean_up();

  const Agent agent_;
  WorkerPool& pool_;
  DeadLetters& dead_letters_;
  std::optional<Subscription> subscription_;

  // Used in turns only.
  std::variant<Handler, BatchHandler> handler_;
  RestartPolicy policy_;

  enum class Turn : std::uint8_t { none, posted, running };
  mutable std::mutex mutex_;  // guards the members below; only the pool is called with it locked
  std::condition_variable turn_ended_;
  Turn turn_ = Turn::posted;  // none before begin() has posted it
  bool wants_turn_ = false;   // another turn, after the current one
  std::uint64_t failures_ = 0;
  std::string last_failure_;
  std::optional<std::chrono::system_clock::time_point> last_failure_at_;

  std::atomic<bool> is_removed_{false};
  std::atomic<bool> is_given_up_{false};
  std::atomic<std::uint64_t> handled_{0};
};

}  // namespace suzaku::signals
