#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/shared_bytes.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/out_queue.hpp"
#include "net/tls.hpp"

namespace suzaku::net {

/// Bounds on what waits to be sent to one connection, in bytes.
struct OutLimits {
  std::size_t high_water = 4 << 20;  // more than this and the connection overflows
  std::size_t pause_reading =
      1 << 20;  // above this we stop reading from it, so that its own requests cannot fill the queue
};

/// An accepted connection, plain or TLS. Lives on its loop's thread.
///
/// What is sent in a turn of the loop leaves at its end, in one system call. A peer that reads too slowly first is no
/// longer read from; when what others send it passes the high-water mark, frames marked droppable are dropped, oldest
/// first, and when that is not enough the handler's on_overflow() decides; nothing more is queued then.
class Connection final : private Loop::Hook, private Poller::Watcher {
 public:
  class Handler {
   public:
    /// Received bytes, with at least 64 readable bytes behind them; they may be changed in place.
    virtual void on_data(std::span<char> bytes) = 0;
    /// The connection has ended, from either side; called once, and nothing after it.
    virtual void on_closed() = 0;
    /// What waits to be sent has passed the high-water mark. Called once, at the end of the turn.
    virtual void on_overflow() = 0;

   protected:
    ~Handler() = default;
  };

  /// Takes over a connected, non-blocking socket.
  Connection(Loop& loop, int socket, Address peer, std::shared_ptr<const TlsContext> tls, OutLimits limits);
  ~Connection();

  /// Begins to read.
  void start(Handler& handler);
  /// Hands the connection on to another handler.
  void set_handler(Handler& handler) noexcept { handler_ = &handler; }

  /// Queues bytes for the end of the turn. `droppable`: may be dropped when the peer is slow.
  void send(SharedBytes bytes, bool droppable = false);

  /// Sends what is queued, then closes; waits for the peer to close too, at most `linger`.
  void close_after_flush(Duration linger);
  /// Forgets what is queued and is not on its way yet; the next send() goes out instead of it.
  void drop_queued() noexcept;
  /// Closes at once. on_closed() is called at the end of the turn.
  void abort();

  bool is_closed() const noexcept { return state_ == State::closed; }
  bool is_secure() const noexcept { return tls_ != nullptr; }
  const Address& peer() const noexcept { return peer_; }
  std::size_t queued_bytes() const noexcept { return out_.bytes(); }
  Loop& loop() noexcept { return loop_; }

 private:
  enum class State : unsigned char { open, flushing, lingering, closed };

  void on_turn_end() override;
  void on_ready(bool readable, bool writable) override;
  void plan_turn_end();
  /// What we wait for from now on; costs a system call only when it is something else than before.
  void watch(bool readable, bool writable);
  void watch_more();
  bool may_read() const noexcept { return out_.weight() <= limits_.pause_reading; }
  void read();
  void read_tls();
  void deliver(std::size_t size);
  void flush();
  bool write_some();
  bool write_plain();
  bool write_tls();
  void finish_flush();

  Loop& loop_;
  int socket_;
  Handler* handler_ = nullptr;
  std::unique_ptr<TlsSession> tls_;
  OutQueue out_;
  Address peer_;
  OutLimits limits_;
  Timers::Id linger_timer_ = Timers::kNone;
  State state_ = State::open;
  bool turn_end_planned_ = false;
  bool watches_readable_ = false;
  bool watches_writable_ = false;
  bool overflowed_ = false;
  bool overflow_told_ = false;
  bool closed_told_ = false;
};

}  // namespace suzaku::net
