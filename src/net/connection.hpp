#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/shared_bytes.hpp"
#include "net/address.hpp"
#include "net/failure.hpp"
#include "net/loop.hpp"
#include "net/out_queue.hpp"
#include "net/tls.hpp"

namespace suzaku::net {

/// Bounds on what waits to be sent to one connection, in bytes.
struct OutLimits {
  std::size_t high_water = 4 << 20;  // more than this and the connection overflows
  /// Above this we stop reading from the peer, and is_backed_up() asks the handler to stop too, so that the peer's own
  /// requests cannot fill the queue. For servers alone: a client and a server that both did so would wait for each
  /// other for ever. A client sets the maximum of the type.
  std::size_t pause_reading = 1 << 20;
  std::size_t low_water = 256 << 10;  // on_drained() is called at this, after there was more
};

/// A connection that was accepted or made, plain or TLS. Lives on its loop's thread.
///
/// What is sent in a turn of the loop leaves at its end, in one system call. A slow peer is first no longer read from.
/// When its queue passes the high-water mark, droppable frames are dropped, oldest first. When that is not enough,
/// nothing more is queued, and the handler's on_overflow() decides.
class Connection final : private Loop::Hook, private Poller::Watcher {
 public:
  /// Only on_closed() may destroy the connection; the others may abort() it.
  class Handler {
   public:
    /// Received bytes, with Loop::kPadding readable bytes behind them; they may be changed in place.
    virtual void on_data(std::span<char> bytes) = 0;
    /// The connection has ended, from either side; called once, and nothing after it.
    virtual void on_closed() = 0;
    /// What waits to be sent has passed the high-water mark. Called once, at the end of the turn.
    virtual void on_overflow() = 0;
    /// The TLS handshake is done, and the other side is who it should be.
    virtual void on_secured() {}
    /// What waits to be sent has fallen to the low-water mark. Called at the end of a turn.
    virtual void on_drained() {}
    /// The peer sends no more, but may still read. True: the handler calls close_after_flush(), now or later. False:
    /// the connection is closed, whatever waits to be sent.
    virtual bool on_input_ended() { return false; }

   protected:
    ~Handler() = default;
  };

  /// Takes over a connected, non-blocking socket; plain until start_tls().
  Connection(Loop& loop, int socket, const Address& peer, OutLimits limits);
  /// The same for one that was accepted, with TLS when there is a context.
  Connection(Loop& loop, int socket, const Address& peer, std::shared_ptr<const TlsContext> tls, OutLimits limits);
  ~Connection();

  /// Begins to read.
  void start(Handler& handler);
  /// Begins the TLS handshake, once the connection has been started; what is sent from now on waits for its end. Plain
  /// bytes may have gone both ways before, but none may still be queued (throws std::logic_error).
  void start_tls(std::unique_ptr<TlsSession> session);
  /// Hands the connection on to another handler.
  void set_handler(Handler& handler) noexcept { handler_ = &handler; }

  /// Queues bytes for the end of the turn. `droppable`: may be dropped when the peer is slow. False when they are not
  /// queued: the connection has ended, or more waits than may.
  bool send(SharedBytes bytes, bool droppable = false);

  /// True when more waits to be sent than OutLimits::pause_reading.
  bool is_backed_up() const noexcept { return out_.weight() > limits_.pause_reading; }
  /// For a handler that stops within on_data() because the connection is backed up, or its reading paused: these bytes,
  /// which it has not used, come to on_data() again once most of what waits has been sent, and reading is resumed.
  /// Nothing is read meanwhile.
  void keep(std::span<const char> unused);
  bool has_unread() const noexcept { return unread_ != nullptr; }
  /// Reads no more until resume_reading(). What has been read and not used meanwhile is for keep().
  void pause_reading();
  void resume_reading();
  /// How much may wait from now on (OutLimits::high_water).
  void set_high_water(std::size_t bytes) noexcept { limits_.high_water = bytes; }

  /// Sends what is queued, then closes, and waits for the peer to close too. Ends without that when the peer takes
  /// nothing for as long as `linger`.
  void close_after_flush(Duration linger);
  /// Forgets what is queued and is not on its way yet; the next send() goes out instead of it.
  void drop_queued() noexcept;
  /// Closes at once. on_closed() is called at the end of the turn.
  void abort();

  /// Why the connection ended; null while it is open, and when the peer closed it in good order, or we did.
  const Failure* failure() const noexcept { return failure_.get(); }
  bool is_closed() const noexcept { return state_ == State::closed; }
  bool is_secure() const noexcept { return tls_ != nullptr; }
  const Address& peer() const noexcept { return peer_; }
  std::size_t queued_bytes() const noexcept { return out_.bytes(); }
  /// Bytes that the peer has not acknowledged: those queued here and those that the system holds. A system call.
  std::size_t unacknowledged_bytes() const noexcept;
  Loop& loop() noexcept { return loop_; }

 private:
  enum class State : unsigned char { open, flushing, lingering, closed };

  void on_turn_end() override;
  void on_ready(bool readable, bool writable) override;
  void plan_turn_end();
  /// Sets what to wait for. Makes a system call only when that changes.
  void watch(bool readable, bool writable);
  void watch_more();
  bool may_write() const noexcept { return !tls_ || tls_->is_established(); }
  bool may_read() const noexcept { return !input_ended_ && !unread_ && !reading_paused_ && !is_backed_up(); }
  bool handshake();
  void fail(std::unique_ptr<Failure> failure);
  void fail(int system_error);
  void fail_after_exception();
  void read();
  void read_tls();
  void end_input();
  void deliver(std::size_t size);
  void deliver_unread();
  void flush();
  bool write_some();
  bool write_plain();
  bool write_tls();
  void finish_flush();
  void watch_linger(Duration linger);

  Loop& loop_;
  int socket_;
  Address peer_;
  Handler* handler_ = nullptr;
  std::unique_ptr<TlsSession> tls_;
  std::unique_ptr<Failure> failure_;
  OutQueue out_;
  std::unique_ptr<std::string> unread_;  // received, and not used by the handler yet; null when there is nothing
  OutLimits limits_;
  Timers::Id linger_timer_ = Timers::kNone;
  State state_ = State::open;  // and a bit for each of these: servers have very many connections
  bool turn_end_planned_ : 1 = false;
  bool watches_readable_ : 1 = false;
  bool watches_writable_ : 1 = false;
  bool overflowed_ : 1 = false;
  bool overflow_told_ : 1 = false;
  bool closed_told_ : 1 = false;
  bool above_low_water_ : 1 = false;
  bool input_ended_ : 1 = false;
  bool reading_paused_ : 1 = false;
};

}  // namespace suzaku::net
