#include "client/testing/virtual_engine.hpp"

#include <algorithm>
#include <stdexcept>

namespace suzaku::client::testing {
namespace {

// Not 0, so that "an hour ago" exists.
constexpr TimePoint kStart{std::chrono::hours(1'000)};
constexpr auto kWallClockStart = std::chrono::sys_days(std::chrono::year(2030) / 1 / 1);
/// A client that does so much without any time passing will never stop.
constexpr std::size_t kMostTasks = 200'000;

}  // namespace

VirtualEngine::VirtualEngine(std::optional<std::uint64_t> seed) : now_(kStart) {
  if (seed) chance_.emplace(*seed);
}

VirtualEngine::~VirtualEngine() {
  halt();
  for (auto& [owner, task] : std::exchange(at_end_, {})) task();
}

void VirtualEngine::require_own_thread() const {
  if (in_this_thread()) return;
  throw std::logic_error("the test's server was called on a thread that did not make it");
}

// --- running ---

bool VirtualEngine::run() {
  if (std::exchange(is_running_, true)) return true;
  struct Reset {
    bool& flag;
    ~Reset() { flag = false; }
  } reset{is_running_};
  for (std::size_t done = 0; done < kMostTasks; ++done) {
    auto task = next_task();
    if (!task) return true;
    (*task)();
  }
  return false;
}

std::optional<Task> VirtualEngine::next_task() {
  {
    const std::lock_guard lock(mutex_);
    if (!tasks_.empty()) {
      std::optional<Task> task = std::move(tasks_.front());
      tasks_.pop_front();
      return task;
    }
  }
  if (timers_.empty() || timers_.begin()->first.first > now_) return {};
  auto timer = timers_.extract(timers_.begin());
  due_.erase(timer.key().second);
  return std::move(timer.mapped());
}

bool VirtualEngine::advance(Duration time) {
  const TimePoint end = now_ + time;
  for (;;) {
    if (!run()) return false;
    if (timers_.empty() || timers_.begin()->first.first > end) break;
    now_ = timers_.begin()->first.first;
  }
  now_ = end;
  return true;
}

Duration VirtualEngine::elapsed() const noexcept {
  return now_ - kStart;
}

bool VirtualEngine::wait_for_post(TimePoint until) {
  std::unique_lock lock(mutex_);
  return posted_.wait_until(lock, until, [this] { return !tasks_.empty(); });
}

void VirtualEngine::halt() {
  std::deque<Task> tasks;  // destroyed without the lock: their owners may call us
  {
    const std::lock_guard lock(mutex_);
    is_halted_ = true;
    tasks.swap(tasks_);
  }
  connector_ = nullptr;
  std::exchange(timers_, {}).clear();
  due_.clear();
}

// --- from any thread ---

void VirtualEngine::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (is_halted_) return;  // the caller's task is destroyed after the lock
  tasks_.push_back(std::move(task));
  posted_.notify_all();
}

void VirtualEngine::at_end(const void* owner, Task task) {
  const std::lock_guard lock(mutex_);
  at_end_.insert_or_assign(owner, std::move(task));
}

void VirtualEngine::forget_end(const void* owner) {
  Task task;  // destroyed after the lock is given back: it may own what calls us
  const std::lock_guard lock(mutex_);
  if (const auto at = at_end_.find(owner); at != at_end_.end()) {
    task = std::move(at->second);
    at_end_.erase(at);
  }
}

// --- time, chance and connections ---

std::chrono::system_clock::time_point VirtualEngine::wall_clock() const noexcept {
  return kWallClockStart + std::chrono::duration_cast<std::chrono::system_clock::duration>(elapsed());
}

Engine::TimerId VirtualEngine::after(Duration delay, Task task) {
  const TimerId id = ++last_timer_;
  const TimePoint due = now_ + std::max(delay, Duration::zero());
  timers_.emplace(Due(due, id), std::move(task));
  due_.emplace(id, due);
  return id;
}

void VirtualEngine::cancel(TimerId timer) {
  const auto at = due_.find(timer);
  if (at == due_.end()) return;
  const auto cancelled = timers_.extract(Due(at->second, timer));  // destroyed last
  due_.erase(at);
}

double VirtualEngine::random() {
  return chance_ ? std::uniform_real_distribution<double>(0, 1)(*chance_) : 0.5;
}

std::unique_ptr<Transport> VirtualEngine::connect(const Target& target, const SocketOptions& options,
                                                  Transport::Handler& handler) {
  return connector_(target, options, handler);
}

}  // namespace suzaku::client::testing
