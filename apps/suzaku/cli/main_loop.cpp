#include "main_loop.hpp"

#include <csignal>
#include <system_error>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <sys/signalfd.h>

namespace suzaku::program {
namespace {

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
  std::signal(SIGPIPE, SIG_IGN);  // a reader of the output that has gone is a failed write
  signals_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    signalfd_siginfo taken{};
    if (::read(signals_.native_handle(), &taken, sizeof taken) < 0) return;
    const sigset_t signals = signals_that_end();
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // the next one ends the process
    if (on_signal_) on_signal_();
  });
}

client::Dispatcher MainLoop::dispatcher() {
  return [this](std::function<void()> work) { boost::asio::post(io_, std::move(work)); };
}

void MainLoop::run() {
  const auto keep_running = boost::asio::make_work_guard(io_);
  io_.run();
}

}  // namespace suzaku::program
