#include "client/loop_engine.hpp"

#include <limits>
#include <utility>

#include "client/late_end.hpp"
#include "client/transport/long_poll_transport.hpp"
#include "client/transport/websocket_transport.hpp"

namespace suzaku::client {
namespace {

// For functions that give params and tokens. A socket has one job at a time, which bounds what waits.
constexpr std::size_t kWorkers = 4;
constexpr std::size_t kMaxWaitingJobs = std::numeric_limits<std::size_t>::max();

}  // namespace

std::shared_ptr<LoopEngine> LoopEngine::start() {
  std::unique_ptr<LoopEngine> engine(new LoopEngine);
  engine->thread_ = std::thread([engine = engine.get()] { engine->loop_.run(); });
  return {engine.release(), &LoopEngine::stop};
}

void LoopEngine::stop(LoopEngine* engine) {
  if (engine->in_this_thread() || engine->in_worker()) {  // in a callback: the thread cannot wait for itself
    end_later([engine] { stop(engine); });
    return;
  }
  // After what was posted before, and after the turn in which that is sent.
  engine->loop_.post([engine] { engine->loop_.defer([engine] { engine->end(); }); });
  engine->loop_.stop();
  engine->thread_.join();
  delete engine;
}

void LoopEngine::end() {
  std::map<const void*, Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(at_end_);
  }
  for (auto& [owner, task] : tasks) task();
}

LoopEngine::~LoopEngine() = default;

void LoopEngine::post(Task task) {
  loop_.post(std::move(task));
}

bool LoopEngine::in_this_thread() const noexcept {
  return loop_.in_this_thread();
}

bool LoopEngine::in_worker() {
  const std::lock_guard lock(mutex_);
  return workers_ && workers_->in_this_thread();
}

void LoopEngine::run_blocking(Task task) {
  const std::lock_guard lock(mutex_);
  if (!workers_) workers_.emplace(kWorkers, kMaxWaitingJobs);
  workers_->run(std::move(task));
}

void LoopEngine::at_end(const void* owner, Task task) {
  const std::lock_guard lock(mutex_);
  at_end_.insert_or_assign(owner, std::move(task));
}

void LoopEngine::forget_end(const void* owner) {
  Task task;  // destroyed after the lock is given back: it may own what calls us
  const std::lock_guard lock(mutex_);
  if (const auto at = at_end_.find(owner); at != at_end_.end()) {
    task = std::move(at->second);
    at_end_.erase(at);
  }
}

TimePoint LoopEngine::now() const noexcept {
  return loop_.now();
}

std::chrono::system_clock::time_point LoopEngine::wall_clock() const noexcept {
  return std::chrono::system_clock::now();
}

Engine::TimerId LoopEngine::after(Duration delay, Task task) {
  return loop_.timers().after(delay, std::move(task));
}

void LoopEngine::cancel(TimerId timer) {
  loop_.timers().cancel(timer);
}

double LoopEngine::random() {
  return std::uniform_real_distribution<double>(0, 1)(random_);
}

std::unique_ptr<Transport> LoopEngine::connect(const Target& target, const SocketOptions& options,
                                               Transport::Handler& handler) {
  if (target.kind == TransportKind::long_poll) return transport::open_long_poll(shared_, target, options, handler);
  return transport::open_websocket(shared_, target, options, handler);
}

}  // namespace suzaku::client
