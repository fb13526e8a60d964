#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "client/core/engine.hpp"
#include "client/core/phoenix_serializer.hpp"

namespace suzaku::client::testing {

/// An engine that does something only while run() or advance() is called, and whose time passes only in advance().
/// Belongs to the thread that made it; only the functions that an Engine offers to any thread may be called from
/// others.
class VirtualEngine final : public Engine {
 public:
  using Connector = std::function<std::unique_ptr<Transport>(const Target&, const SocketOptions&, Transport::Handler&)>;

  /// `seed`: for random(); without it that is always 0.5.
  explicit VirtualEngine(std::optional<std::uint64_t> seed);
  ~VirtualEngine() override;

  void set_connector(Connector connector) { connector_ = std::move(connector); }
  /// Throws std::logic_error when this is not the engine's thread.
  void require_own_thread() const;
  /// Runs what was posted, and the timers that are due, until there is nothing left. False when that never ends. Does
  /// nothing while it is under way already.
  bool run();
  bool is_running() const noexcept { return is_running_; }
  /// Lets time pass from one timer to the next. False like run().
  bool advance(Duration time);
  Duration elapsed() const noexcept;
  /// Waits, by a real clock, until something is posted. False when nothing was by then.
  bool wait_for_post(TimePoint until);
  /// Nothing will run any more.
  void halt();

  void post(Task task) override;
  bool in_this_thread() const noexcept override { return std::this_thread::get_id() == thread_; }
  void run_blocking(Task task) override { post(std::move(task)); }
  void at_end(const void* owner, Task task) override;
  void forget_end(const void* owner) override;

  TimePoint now() const noexcept override { return now_; }
  std::chrono::system_clock::time_point wall_clock() const noexcept override;
  TimerId after(Duration delay, Task task) override;
  void cancel(TimerId timer) override;
  double random() override;
  Serializer& serializer(int vsn) noexcept override { return serializers_.get(vsn); }
  std::unique_ptr<Transport> connect(const Target& target, const SocketOptions& options,
                                     Transport::Handler& handler) override;

 private:
  using Due = std::pair<TimePoint, TimerId>;

  std::optional<Task> next_task();

  const std::thread::id thread_ = std::this_thread::get_id();
  Connector connector_;
  TimePoint now_;
  std::optional<std::mt19937_64> chance_;
  std::map<Due, Task> timers_;  // of two that are due at the same time, the one set first is the first
  std::map<TimerId, TimePoint> due_;
  TimerId last_timer_ = kNoTimer;
  bool is_running_ = false;

  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Task> tasks_;              // guarded by mutex_
  std::map<const void*, Task> at_end_;  // likewise
  bool is_halted_ = false;              // likewise
  core::PhoenixSerializers serializers_;
};

}  // namespace suzaku::client::testing
