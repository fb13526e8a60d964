#pragma once

#include <cstddef>
#include <functional>

#include "net/loop.hpp"
#include "transport/session.hpp"

namespace suzaku::transport {

struct DrainPlan {
  std::size_t batch_size;  // sessions
  net::Duration batch_interval;
  net::Duration deadline;
};

/// Ends the sessions of a loop in batches. Sessions that have not ended at the deadline are destroyed. Loop's thread
/// only.
class Drain {
 public:
  Drain(net::Loop& loop, Sessions& sessions, const DrainPlan& plan) : loop_(loop), sessions_(sessions), plan_(plan) {}

  ~Drain();
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  /// Calls `done` once, later, when no session is left. Call it once.
  void start(std::function<void()> done);

 private:
  void drain_batch();
  void cut_off();
  bool is_last_batch() const { return loop_.now() + plan_.batch_interval >= deadline_; }
  void finish();

  net::Loop& loop_;
  Sessions& sessions_;
  const DrainPlan plan_;
  std::function<void()> done_;
  net::TimePoint deadline_;
  net::Timers::Id batch_timer_ = net::Timers::kNone;
  net::Timers::Id deadline_timer_ = net::Timers::kNone;
};

}  // namespace suzaku::transport
