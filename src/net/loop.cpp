#include "net/loop.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "base/block_sigpipe.hpp"
#include "base/thrown.hpp"

namespace suzaku::net {
namespace {

/// Bytes of tasks that run in one turn.
constexpr std::size_t kMailSlice = 256 * 1024;

/// Polling interval of a paused loop.
constexpr auto kPause = std::chrono::milliseconds(1);

/// Handlers that run_ready() runs.
constexpr int kEndless = 1'000'000;

constexpr auto kTellLeftOut = std::chrono::seconds(1);

}  // namespace

// UNSAFE_IO: sockets are used by the loop's thread alone and need no locks; posting from elsewhere keeps its lock.
Loop::Loop(const Clock& clock)
    : clock_(clock),
      io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      log_([this] { timers_.after(kTellLeftOut, [this] { log_.tell_left_out(); }); }, [this] { return now(); }),
      timers_(io_, clock_, log_),
      poller_(
          io_, log_, [this] { in_batch_ = true; }, [this] { end_batch(); }),
      read_buffer_(std::make_unique<char[]>(kReadBuffer + kPadding)) {}

Loop::~Loop() = default;

void Loop::begin() {
  block_sigpipe();
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  poller_.start();
}

void Loop::run_ready() {
  if (!in_this_thread()) begin();
  for (int i = 0; i < kEndless; ++i) {
    const bool fired = timers_.fire();
    io_.restart();
    if (io_.poll_one() == 0 && !fired) return;
  }
  throw std::logic_error("the loop always has something to do: a timer or a task sets another one for now");
}

void Loop::run() {
  begin();
  const auto keep_running = boost::asio::make_work_guard(io_);
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (...) {
      log_.error("an event loop goes on after: {}", what_is_thrown());
    }
  }
  thread_.store({}, std::memory_order_relaxed);  // the system may give its number to another thread
}

void Loop::stop() {
  post([this] {
    defer([this] { io_.stop(); });  // what has been disposed of is destroyed before
  });
}

void Loop::post(Task task, std::size_t weight) {
  backlog_.fetch_add(weight, std::memory_order_relaxed);
  bool first = false;
  {
    const std::lock_guard lock(mail_mutex_);
    first = mail_.empty();
    mail_.push_back({std::move(task), weight});
  }
  if (!first) return;
  if (in_this_thread() && in_batch_) {
    has_own_mail_ = true;  // taken at the end of the batch, without another turn of Asio's
  } else {
    boost::asio::post(io_, [this] { take_mail(); });
  }
}

/// Runs a slice of the mail. The rest waits for the next turn: what the slice has written leaves first, and connections
/// are served.
void Loop::take_mail() {
  if (inbox_next_ == inbox_.size()) {
    inbox_.clear();
    inbox_next_ = 0;
    const std::lock_guard lock(mail_mutex_);
    inbox_.swap(mail_);
  }
  std::size_t taken = 0;
  while (inbox_next_ < inbox_.size() && taken < kMailSlice) {
    auto [task, weight] = std::move(inbox_[inbox_next_++]);
    try {
      task();
    } catch (...) {
      log_.error("a task posted to an event loop failed: {}", what_is_thrown());
    }
    backlog_.fetch_sub(weight, std::memory_order_relaxed);
    taken += weight;
  }
  if (inbox_next_ < inbox_.size()) boost::asio::post(io_, [this] { take_mail(); });
}

void Loop::pause_while(std::function<bool()> busy) {
  poller_.pause();
  timers_.after(kPause, [this, busy = std::move(busy)]() mutable {
    if (busy()) return pause_while(std::move(busy));
    poller_.resume();
  });
}

void Loop::defer(Task task) {
  boost::asio::post(io_, [task = std::make_shared<Task>(std::move(task))] { (*task)(); });
}

void Loop::at_turn_end(Phase phase, Hook& hook) {
  (phase == Phase::work ? work_hooks_ : flush_hooks_).push_back(&hook);
  if (turn_end_planned_ || in_batch_) return;
  turn_end_planned_ = true;
  boost::asio::post(io_, [this] { end_turn(); });
}

/// All sockets that were ready have been served.
void Loop::end_batch() {
  if (std::exchange(has_own_mail_, false)) take_mail();
  in_batch_ = false;  // what the end of the turn brings about is another turn's, and so is what that mail has posted
  if (std::exchange(has_own_mail_, false)) boost::asio::post(io_, [this] { take_mail(); });
  end_turn();
}

void Loop::forget(Hook& hook) noexcept {
  for (auto* hooks : {&work_hooks_, &flush_hooks_, &running_hooks_}) std::ranges::replace(*hooks, &hook, nullptr);
}

void Loop::end_turn() {
  turn_end_planned_ = false;
  run_hooks(work_hooks_);
  run_hooks(flush_hooks_);
}

/// Hooks that are added meanwhile wait for the next turn, or for the phase that follows.
void Loop::run_hooks(std::vector<Hook*>& hooks) {
  running_hooks_.swap(hooks);
  for (std::size_t i = 0; i < running_hooks_.size(); ++i) {
    if (!running_hooks_[i]) continue;  // forgotten meanwhile
    try {
      running_hooks_[i]->on_turn_end();
    } catch (...) {
      log_.error("the end of a turn failed for one: {}", what_is_thrown());
    }
  }
  running_hooks_.clear();
}

}  // namespace suzaku::net
