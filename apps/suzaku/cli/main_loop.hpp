#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <suzaku/client/options.hpp>

namespace suzaku::program {

/// The program's main thread: the client's callbacks, lines of input, signals and timers are all handled on it, one
/// after another. Must be made before other threads are: they inherit that SIGINT and SIGTERM are not theirs.
class MainLoop {
 public:
  MainLoop();
  MainLoop(const MainLoop&) = delete;
  MainLoop& operator=(const MainLoop&) = delete;

  boost::asio::io_context& io() noexcept { return io_; }
  /// For SocketOptions::dispatcher. While the main thread waits for whoever reads our output, the client's thread goes
  /// on, and keeps the connection up; only when very many callbacks wait it waits too, and reads no further: what comes
  /// faster than it can be written for long stays in the network. The loop must outlive the socket.
  client::Dispatcher dispatcher();

  /// Called at the first SIGINT or SIGTERM. The second ends the process.
  void on_signal(std::function<void()> callback) { on_signal_ = std::move(callback); }
  /// Readable when a signal has come that nobody has handled yet.
  int signal_descriptor() { return signals_.native_handle(); }

  /// Until stop(). No callback waits or comes in after that.
  void run();
  void stop() { io_.stop(); }

 private:
  bool enter_queue();
  void leave_queue();
  void close_queue();

  boost::asio::io_context io_{1};
  boost::asio::posix::stream_descriptor signals_;
  std::function<void()> on_signal_;
  const std::thread::id thread_ = std::this_thread::get_id();

  std::mutex mutex_;
  std::condition_variable room_;
  std::size_t waiting_ = 0;
  bool is_closed_ = false;
};

}  // namespace suzaku::program
