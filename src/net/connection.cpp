#include "net/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <sys/socket.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/thrown.hpp"

namespace suzaku::net {
namespace {

constexpr std::size_t kGather = 64;            // frames a system call
constexpr std::size_t kTlsRecord = 16 * 1024;  // frames are joined up to this many bytes before they are encrypted
constexpr int kMaxRecordsATurn = 16;

std::unique_ptr<Failure> system_failure(int error) {
  return std::make_unique<Failure>(Failure{.text = std::strerror(error)});
}

}  // namespace

Connection::Connection(Loop& loop, int socket, Address peer, OutLimits limits)
    : loop_(loop), socket_(socket), peer_(std::move(peer)), limits_(limits) {}

Connection::Connection(Loop& loop, int socket, Address peer, std::shared_ptr<const TlsContext> tls, OutLimits limits)
    : Connection(loop, socket, std::move(peer), limits) {
  if (tls) tls_ = std::make_unique<TlsSession>(std::move(tls), socket);
}

Connection::~Connection() {
  if (state_ != State::closed) {
    loop_.poller().remove(socket_);
    ::close(socket_);
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

void Connection::send(SharedBytes bytes, bool droppable) {
  if (state_ != State::open || overflowed_) return;
  const auto too_much = [&] { return !out_.empty() && out_.weight() + bytes.size() > limits_.high_water; };
  if (too_much() && may_write()) flush();  // it may be this turn that is long, and not the peer that is slow
  if (state_ != State::open) return;
  while (too_much() && out_.drop_oldest()) loop_.dropped_frames.add();
  if (too_much()) {
    if (droppable) return loop_.dropped_frames.add();
    overflowed_ = true;
    return plan_turn_end();
  }
  out_.push(std::move(bytes), droppable);
  if (!watches_writable_) plan_turn_end();
}

void Connection::drop_queued() noexcept {
  out_.keep_started();
  overflowed_ = false;
}

void Connection::close_after_flush(Duration linger) {
  if (state_ != State::open) return;
  state_ = State::flushing;
  linger_timer_ = loop_.timers().after(linger, [this] { abort(); });
  plan_turn_end();
}

void Connection::abort() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  loop_.poller().remove(socket_);
  ::close(socket_);
  out_.clear();
  plan_turn_end();
}

void Connection::fail(std::unique_ptr<Failure> failure) {
  if (state_ == State::closed) return;
  failure_ = std::move(failure);
  abort();
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
  if ((readable || (writable && tls_)) && state_ != State::closed) tls_ ? read_tls() : read();
} catch (...) {  // one connection's trouble, such as no memory for its message, is not the others'
  const std::string what = what_is_thrown();
  log::error("the connection with {} is closed after: {}", peer_.host, what);
  fail(std::make_unique<Failure>(Failure{.text = what}));
}

void Connection::read() {
  const std::span<char> buffer = loop_.read_buffer();
  const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return fail(system_failure(errno));
  if (size == 0) return abort();
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
  for (int records = 0; state_ != State::closed; ++records) {
    const auto [status, size] = tls_->read(loop_.read_buffer());
    if (status == TlsSession::Status::closed) return fail(tls_->take_failure());
    if (status == TlsSession::Status::want_write) return watch(watches_readable_, true);
    if (status == TlsSession::Status::want_read) break;
    deliver(size);
    if (records >= kMaxRecordsATurn && !tls_->pending()) break;
  }
  watch_more();
  if (!out_.empty()) plan_turn_end();  // writing may have waited for the peer's answer
}

void Connection::deliver(std::size_t size) {
  if (state_ == State::open) handler_->on_data(loop_.read_buffer().first(size));
}

void Connection::flush() {
  if (tls_ && !handshake()) return;
  if (out_.bytes() > limits_.low_water) above_low_water_ = true;
  while (!out_.empty()) {
    if (!write_some()) return;
  }
  finish_flush();
}

/// One write. False when the socket takes no more for now, or is gone.
bool Connection::write_some() {
  return tls_ ? write_tls() : write_plain();
}

bool Connection::write_plain() {
  std::array<iovec, kGather> slots;
  msghdr message{};
  message.msg_iov = slots.data();
  message.msg_iovlen = out_.gather(slots);
  const ssize_t sent = message.msg_iovlen == 1 ? ::send(socket_, slots[0].iov_base, slots[0].iov_len, MSG_NOSIGNAL)
                                               : ::sendmsg(socket_, &message, MSG_NOSIGNAL);
  if (sent >= 0) {
    out_.pop(static_cast<std::size_t>(sent));
    return true;
  }
  if (errno == EINTR) return true;
  if (errno == EAGAIN) {
    watch(may_read(), true);
  } else {
    fail(system_failure(errno));
  }
  return false;
}

bool Connection::write_tls() {
  std::array<iovec, kGather> slots;
  const std::size_t count = out_.gather(slots);
  std::array<char, kTlsRecord> record;
  std::size_t size = 0;
  for (std::size_t i = 0; i < count && size < record.size(); ++i) {
    const std::size_t part = std::min(slots[i].iov_len, record.size() - size);
    std::memcpy(record.data() + size, slots[i].iov_base, part);
    size += part;
  }
  const auto [status, sent] = tls_->write({record.data(), size});
  if (status != TlsSession::Status::ok) out_.hold(size);  // OpenSSL has a record of these bytes and insists on them
  switch (status) {
    case TlsSession::Status::ok:
      out_.pop(sent);
      return true;
    case TlsSession::Status::want_write:
      watch(may_read(), true);
      return false;
    case TlsSession::Status::want_read:
      watch(true, watches_writable_);
      return false;
    case TlsSession::Status::closed:
      fail(tls_->take_failure());
      return false;
  }
  return false;
}

/// Everything queued has gone out: read on, or end.
void Connection::finish_flush() {
  if (state_ == State::open) return watch(true, false);
  if (state_ != State::flushing) return;
  state_ = State::lingering;  // a close with unread bytes would reset the connection and take our last frames with it
  if (tls_) tls_->shutdown();
  ::shutdown(socket_, SHUT_WR);
  watch(true, false);
}

}  // namespace suzaku::net
