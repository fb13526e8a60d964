#pragma once

#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <suzaku/client/options.hpp>

namespace suzaku::program {

/// The program's main thread: the client's callbacks, lines of input, signals and timers are all handled on it, one
/// after another. Must be made before other threads, which inherit that SIGINT and SIGTERM are blocked.
class MainLoop {
 public:
  MainLoop();
  MainLoop(const MainLoop&) = delete;
  MainLoop& operator=(const MainLoop&) = delete;

  boost::asio::io_context& io() noexcept { return io_; }
  /// For SocketOptions::dispatcher. While the main thread waits for the reader of the output, the client's thread goes
  /// on and keeps the connection alive; the socket reads no further when too much waits
  /// (SocketOptions::max_undelivered_bytes). The loop must outlive the socket.
  client::Dispatcher dispatcher();

  /// Called at the first SIGINT or SIGTERM. The second ends the process.
  void on_signal(std::function<void()> callback) { on_signal_ = std::move(callback); }
  /// Readable when a signal has come and is not handled yet.
  int signal_descriptor() { return signals_.native_handle(); }

  /// Until stop(). No callback is called after that.
  void run();
  void stop() { io_.stop(); }

 private:
  boost::asio::io_context io_{1};
  boost::asio::posix::stream_descriptor signals_;
  std::function<void()> on_signal_;
};

}  // namespace suzaku::program
