#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/limited_log.hpp"
#include "base/task.hpp"
#include "net/clock.hpp"

namespace suzaku::net {

/// The timers of one loop: a heap, and one Asio timer for its top. Made for many timers that are rarely set: a time-out
/// that every received frame pushes back is not set again each time; when it fires it looks at the time of the last
/// frame and waits for the rest. Loop's thread only.
class Timers {
 public:
  using Id = std::uint64_t;
  static constexpr Id kNone = 0;

  Timers(boost::asio::io_context& io, const Clock& clock, log::LimitedLog& log);

  /// Runs the task once, not before `delay` has passed.
  Id after(Duration delay, Task task);
  /// Forgets a timer; does nothing when it has fired already.
  void cancel(Id id);

  /// Runs the timers that are due. True when there was one. The loop calls it by itself.
  bool fire();
  /// When the next timer is due; nothing when none is set.
  std::optional<TimePoint> next_due();

 private:
  struct Entry {
    TimePoint due;
    Id id;
    bool operator>(const Entry& other) const noexcept { return due > other.due || (due == other.due && id > other.id); }
  };

  void wait();

  using AsioTimer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                        boost::asio::io_context::executor_type>;
  AsioTimer timer_;
  const Clock& clock_;
  log::LimitedLog& log_;
  TimePoint waiting_for_ = TimePoint::max();
  std::vector<Entry> heap_;  // may hold cancelled timers; they are dropped when they come to the top
  std::unordered_map<Id, Task> tasks_;
  Id last_id_ = kNone;
};

}  // namespace suzaku::net
