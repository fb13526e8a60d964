#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/limited_log.hpp"
#include "base/task.hpp"

namespace suzaku::net {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// The timers of one loop: a heap, and one Asio timer for its top. Made for many timers that are rarely set: a time-out
/// that every received frame pushes back is not set again each time; when it fires it looks at the time of the last
/// frame and waits for the rest. Loop's thread only.
class Timers {
 public:
  using Id = std::uint64_t;
  static constexpr Id kNone = 0;

  Timers(boost::asio::io_context& io, log::LimitedLog& log);

  /// Runs the task once, not before `delay` has passed.
  Id after(Duration delay, Task task);
  /// Forgets a timer; does nothing when it has fired already.
  void cancel(Id id);

 private:
  struct Entry {
    TimePoint due;
    Id id;
    bool operator>(const Entry& other) const noexcept { return due > other.due || (due == other.due && id > other.id); }
  };

  void wait();
  void fire();

  boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, boost::asio::io_context::executor_type>
      timer_;
  log::LimitedLog& log_;
  TimePoint waiting_for_ = TimePoint::max();
  std::vector<Entry> heap_;  // may hold cancelled timers; they are dropped when they come to the top
  std::unordered_map<Id, Task> tasks_;
  Id last_id_ = kNone;
};

}  // namespace suzaku::net
