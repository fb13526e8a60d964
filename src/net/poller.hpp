#pragma once

#include <cstdint>
#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "base/limited_log.hpp"

namespace suzaku::net {

/// The connections of one loop in an epoll set of their own, which Asio watches as one descriptor. Asio by itself makes
/// a system call to await each next byte of each connection; a set that stays armed needs none, and one entry in it is
/// all that an idle connection costs (docs/adr/0002-asio-as-reactor.md). Loop's thread only.
class Poller {
 public:
  class Watcher {
   public:
    /// Bytes can be read (or the connection has ended), bytes can be written, or both.
    virtual void on_ready(bool readable, bool writable) = 0;

   protected:
    ~Watcher() = default;
  };

  /// Called before and after each batch of ready sockets.
  Poller(boost::asio::io_context& io, log::LimitedLog& log, std::function<void()> before_batch,
         std::function<void()> after_batch);

  /// Begins to watch. The watcher must live until the end of the turn in which its socket was removed.
  void add(int socket, Watcher& watcher, bool readable, bool writable);
  void change(int socket, Watcher& watcher, bool readable, bool writable);
  /// Stops watching. Call it before close(): the epoll set holds the open file, and a process that was just forked may
  /// keep that open.
  void remove(int socket) noexcept;

  /// Waits for the first socket; called once, before the loop runs.
  void start() { wait(); }

  /// Serves no socket until resume().
  void pause() noexcept { paused_ = true; }
  void resume();
  bool is_paused() const noexcept { return paused_; }

 private:
  void control(int operation, int socket, Watcher& watcher, bool readable, bool writable);
  void wait();
  void serve();

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
  log::LimitedLog& log_;
  std::function<void()> before_batch_;
  std::function<void()> after_batch_;
  bool paused_ = false;
  bool waiting_ = false;
};

}  // namespace suzaku::net
