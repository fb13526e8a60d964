#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "net/connection.hpp"

namespace suzaku::net {
namespace {

constexpr std::size_t kGather = 64;            // frames a system call
constexpr std::size_t kTlsRecord = 16 * 1024;  // frames are joined up to this many bytes before they are encrypted

}  // namespace

bool Connection::send(SharedBytes bytes, bool droppable) {
  if (state_ != State::open || overflowed_) return false;
  const auto too_much = [&] { return !out_.empty() && out_.weight() + bytes.size() > limits_.high_water; };
  if (too_much() && may_write() && !watches_writable_)
    flush();  // it may be this turn that is long, and not the peer that is slow
  if (state_ != State::open) return false;
  while (too_much() && out_.drop_oldest()) loop_.dropped_frames.add();
  if (too_much()) {
    if (droppable) {
      loop_.dropped_frames.add();
    } else {
      overflowed_ = true;
      plan_turn_end();
    }
    return false;
  }
  out_.push(std::move(bytes), droppable);
  if (!watches_writable_) plan_turn_end();
  return true;
}

void Connection::drop_queued() noexcept {
  out_.keep_started();
  overflowed_ = false;
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
    fail(errno);
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
  if (state_ == State::open) return watch(may_read(), false);
  if (state_ != State::flushing) return;
  state_ = State::lingering;  // a close with unread bytes would reset the connection and take our last frames with it
  if (tls_) tls_->shutdown();
  static_cast<void>(::shutdown(socket_, SHUT_WR));  // fails when the peer has gone, which reading will tell
  if (input_ended_) return abort();
  watch(true, false);
}

std::size_t Connection::unacknowledged_bytes() const noexcept {
  int held = 0;
  if (::ioctl(socket_, SIOCOUTQ, &held) != 0) held = 0;  // not known: what is queued here says enough
  return out_.bytes() + static_cast<std::size_t>(held);
}

/// Closes after a while in which the peer took nothing, or when it has taken everything and still does not close.
void Connection::watch_linger(Duration linger) {
  linger_timer_ = loop_.timers().after(linger, [this, linger, before = unacknowledged_bytes()] {
    const std::size_t left = unacknowledged_bytes();
    if (left == 0 || left >= before) return abort();
    watch_linger(linger);
  });
}

}  // namespace suzaku::net
