#include "net/poller.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>

#include "base/thrown.hpp"

namespace suzaku::net {
namespace {

/// Sockets served in one turn. More wait for the next turn, so that what has been written can leave first.
constexpr std::size_t kBatch = 256;

int make_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return set;
}

}  // namespace

Poller::Poller(boost::asio::io_context& io, log::LimitedLog& log, std::function<void()> before_batch,
               std::function<void()> after_batch)
    : set_(io, make_set()), log_(log), before_batch_(std::move(before_batch)), after_batch_(std::move(after_batch)) {}

void Poller::add(int socket, Watcher& watcher, bool readable, bool writable) {
  control(EPOLL_CTL_ADD, socket, watcher, readable, writable);
}

void Poller::change(int socket, Watcher& watcher, bool readable, bool writable) {
  control(EPOLL_CTL_MOD, socket, watcher, readable, writable);
}

void Poller::remove(int socket) noexcept {
  // Fails only for a socket that was never added.
  static_cast<void>(::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, socket, nullptr));
}

void Poller::control(int operation, int socket, Watcher& watcher, bool readable, bool writable) {
  epoll_event event{};
  event.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
  event.data.ptr = &watcher;
  if (::epoll_ctl(set_.native_handle(), operation, socket, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Poller::resume() {
  paused_ = false;
  wait();
}

void Poller::wait() {
  if (paused_ || waiting_) return;
  waiting_ = true;
  set_.async_wait(set_.wait_read, [this](boost::system::error_code aborted) {
    waiting_ = false;
    if (aborted) return;
    if (!paused_) serve();
    wait();
  });
}

void Poller::serve() {
  std::array<epoll_event, kBatch> events;
  const int count = ::epoll_wait(set_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
  before_batch_();
  for (int i = 0; i < count && !paused_; ++i) {  // what is not served stays ready
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;  // reading tells how
    try {
      static_cast<Watcher*>(event.data.ptr)
          ->on_ready(broken || (event.events & EPOLLIN), (event.events & EPOLLOUT) != 0);
    } catch (...) {
      log_.error("serving a socket failed: {}", what_is_thrown());
    }
  }
  after_batch_();
}

}  // namespace suzaku::net
