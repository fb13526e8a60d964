#include "main_loop.hpp"

#include <csignal>
#include <memory>
#include <system_error>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <sys/signalfd.h>

namespace suzaku::program {
namespace {

/// Callbacks that wait for the main thread: enough for a person who reads a page of messages before the next.
constexpr std::size_t kMostWaiting = 10'000;

sigset_t signals_that_end() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

int open_signals() {
  const sigset_t signals = signals_that_end();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const int descriptor = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  return descriptor;
}

}  // namespace

MainLoop::MainLoop() : signals_(io_, open_signals()) {
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads our output may go
  signals_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    signalfd_siginfo taken{};
    if (::read(signals_.native_handle(), &taken, sizeof taken) < 0) return;
    const sigset_t signals = signals_that_end();
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // the next one does what it does to every program
    if (on_signal_) on_signal_();
  });
}

client::Dispatcher MainLoop::dispatcher() {
  return [this](std::function<void()> work) {
    if (!enter_queue()) return;
    boost::asio::post(io_, [this, work = std::move(work)] {
      leave_queue();
      work();
    });
  };
}

void MainLoop::run() {
  // However we leave: the client's thread must not wait for us any more.
  const std::shared_ptr<void> at_end(nullptr, [this](void*) { close_queue(); });
  const auto keep_running = boost::asio::make_work_guard(io_);
  io_.run();
}

bool MainLoop::enter_queue() {
  std::unique_lock lock(mutex_);
  if (std::this_thread::get_id() != thread_) room_.wait(lock, [this] { return waiting_ < kMostWaiting || is_closed_; });
  if (is_closed_) return false;
  ++waiting_;
  return true;
}

void MainLoop::leave_queue() {
  const std::lock_guard lock(mutex_);
  --waiting_;
  room_.notify_one();
}

void MainLoop::close_queue() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  room_.notify_all();
}

}  // namespace suzaku::program
