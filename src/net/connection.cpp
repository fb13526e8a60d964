#include "net/connection.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "base/thrown.hpp"

namespace suzaku::net {
namespace {

constexpr int kMaxRecordsATurn = 16;

}  // namespace

Connection::Connection(Loop& loop, int socket, const Address& peer, OutLimits limits)
    : loop_(loop), socket_(socket), peer_(peer), limits_(limits) {}

Connection::Connection(Loop& loop, int socket, const Address& peer, std::shared_ptr<const TlsContext> tls,
                       OutLimits limits)
    : Connection(loop, socket, peer, limits) {
  if (tls) tls_ = std::make_unique<TlsSession>(std::move(tls), socket);
}

Connection::~Connection() {
  if (state_ != State::closed) {
    loop_.poller().remove(socket_);
    static_cast<void>(::close(socket_));  // whatever it returns, the descriptor is free
  }
  loop_.forget(*this);
  loop_.timers().cancel(linger_timer_);
}

void Connection::start(Handler& handler) {
  handler_ = &handler;
  loop_.poller().add(socket_, *this, true, false);
  watches_readable_ = true;
}

void Connection::start_tls(std::unique_ptr<TlsSession> session) {
  if (tls_ || !out_.empty()) throw std::logic_error("TLS must start on a plain connection that has nothing queued");
  if (state_ != State::open) return;
  session->attach(socket_);
  tls_ = std::move(session);
  plan_turn_end();  // where the handshake begins
}

void Connection::close_after_flush(Duration linger) {
  if (state_ != State::open) return;
  state_ = State::flushing;
  watch_linger(linger);
  plan_turn_end();
}

void Connection::abort() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  loop_.poller().remove(socket_);
  static_cast<void>(::close(socket_));  // whatever it returns, the descriptor is free
  out_.clear();
  plan_turn_end();
}

void Connection::fail(std::unique_ptr<Failure> failure) {
  if (state_ == State::closed) return;
  if (!input_ended_) failure_ = std::move(failure);  // the peer has sent its end before: a regular close
  abort();
}

void Connection::fail(int system_error) {
  fail(std::make_unique<Failure>(Failure{.text = std::strerror(system_error)}));
}

/// An exception of one connection, such as std::bad_alloc, ends that connection alone.
void Connection::fail_after_exception() {
  const std::string what = what_is_thrown();
  loop_.limited_log().error("the connection with {} is closed after: {}", peer_.text(), what);
  fail(std::make_unique<Failure>(Failure{.text = what}));
}

void Connection::plan_turn_end() {
  if (turn_end_planned_) return;
  turn_end_planned_ = true;
  loop_.at_turn_end(Loop::Phase::flush, *this);
}

void Connection::on_turn_end() {
  turn_end_planned_ = false;
  if (overflowed_ && !overflow_told_ && state_ == State::open) {
    overflow_told_ = true;
    handler_->on_overflow();
  }
  if (state_ == State::open || state_ == State::flushing) flush();
  if (above_low_water_ && state_ == State::open && out_.bytes() <= limits_.low_water) {
    above_low_water_ = false;
    handler_->on_drained();
  }
  if (unread_ && !reading_paused_ && state_ == State::open && out_.weight() <= limits_.pause_reading / 2)
    deliver_unread();
  if (state_ == State::closed && !closed_told_) {
    closed_told_ = true;
    handler_->on_closed();  // may destroy this
  }
}

void Connection::watch(bool readable, bool writable) {
  if (state_ == State::closed || (readable == watches_readable_ && writable == watches_writable_)) return;
  watches_readable_ = readable;
  watches_writable_ = writable;
  loop_.poller().change(socket_, *this, readable, writable);
}

/// Reads on, unless too much waits to be sent.
void Connection::watch_more() {
  watch(may_read(), watches_writable_);
}

void Connection::on_ready(bool readable, bool writable) try {
  if (writable && state_ != State::closed) {
    watch(watches_readable_, false);
    plan_turn_end();
  }
  // A TLS handshake may have waited to write.
  if ((readable || (writable && tls_ && !input_ended_)) && state_ != State::closed) tls_ ? read_tls() : read();
} catch (...) {
  fail_after_exception();
}

void Connection::read() {
  const std::span<char> buffer = loop_.read_buffer();
  const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return fail(errno);
  if (size == 0) return end_input();
  deliver(static_cast<std::size_t>(size));
  watch_more();
}

/// Goes on with the TLS handshake; true when it is done.
bool Connection::handshake() {
  if (tls_->is_established()) return true;
  switch (tls_->handshake()) {
    case TlsSession::Status::ok:
      if (state_ == State::open) handler_->on_secured();
      return state_ != State::closed;
    case TlsSession::Status::want_read:
      watch(true, false);
      return false;
    case TlsSession::Status::want_write:
      watch(false, true);
      return false;
    case TlsSession::Status::closed:
      fail(tls_->take_failure());
      return false;
  }
  return false;
}

void Connection::read_tls() {
  if (!handshake()) return;
  for (int records = 0; state_ != State::closed && ((!unread_ && !reading_paused_) || tls_->pending()); ++records) {
    const auto [status, size] = tls_->read(loop_.read_buffer());
    if (status == TlsSession::Status::closed) {
      std::unique_ptr<Failure> failure = tls_->take_failure();
      return failure ? fail(std::move(failure)) : end_input();
    }
    if (status == TlsSession::Status::want_write) return watch(watches_readable_, true);
    if (status == TlsSession::Status::want_read) break;
    deliver(size);
    if (records >= kMaxRecordsATurn && !tls_->pending()) break;
  }
  watch_more();
  if (!out_.empty()) plan_turn_end();  // writing may have waited for the peer's answer
}

void Connection::deliver(std::size_t size) {
  const std::span<char> bytes = loop_.read_buffer().first(size);
  if (state_ != State::open) return;
  if (unread_ || reading_paused_) return keep(bytes);
  handler_->on_data(bytes);
}

void Connection::keep(std::span<const char> unused) {
  if (unused.empty()) return;
  if (!unread_) unread_ = std::make_unique<std::string>();
  unread_->append(unused.data(), unused.size());
}

void Connection::pause_reading() {
  reading_paused_ = true;
  watch_more();
}

void Connection::resume_reading() {
  reading_paused_ = false;
  if (unread_) plan_turn_end();  // where it is delivered
  watch_more();
}

/// The peer sends no more. What is queued may be what it waits for.
void Connection::end_input() {
  if (input_ended_ || state_ == State::lingering) return abort();
  if (state_ == State::open && !handler_->on_input_ended()) return abort();
  input_ended_ = true;
  watch(false, watches_writable_);
}

void Connection::deliver_unread() try {
  const std::unique_ptr<std::string> bytes = std::move(unread_);
  const std::size_t size = bytes->size();
  bytes->append(Loop::kPadding, '\0');
  handler_->on_data(std::span(*bytes).first(size));
  watch_more();
} catch (...) {
  fail_after_exception();
}

}  // namespace suzaku::net
