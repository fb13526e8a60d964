#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string_view>
#include <vector>

#include <suzaku/client/reply.hpp>
#include <suzaku/client/serializer.hpp>

#include "client/core/engine.hpp"
#include "client/core/observers.hpp"
#include "client/core/operations.hpp"

namespace suzaku::client::core {

class Channel;
class Socket;

/// The pushes of a channel that have not ended: those that wait to be sent, within SocketOptions::max_buffered, and
/// those that wait for their reply.
class Pushes {
 public:
  /// All outlive it.
  Pushes(Socket& socket, Channel& channel, ChannelObserver& observer)
      : socket_(socket), channel_(channel), observer_(observer) {}
  ~Pushes();
  Pushes(const Pushes&) = delete;
  Pushes& operator=(const Pushes&) = delete;

  /// Sends it when the channel is joined (`join_ref` is not 0) and the connection has room; otherwise it waits.
  void add(Operation push, std::chrono::milliseconds timeout, Ref join_ref);
  /// Sends the pushes that wait, up to SocketOptions::max_unsent; `all`: without that limit.
  void flush(Ref join_ref, bool all);
  /// Drops those that wait and were cancelled.
  void drop_cancelled();

  /// One was answered.
  void on_reply(Operation push, Reply reply);
  /// The time of one is over; `channel_is`: the state of the channel, for the message.
  void on_expired(Operation push, std::string_view channel_is);
  /// Pushes that were sent get no reply any more; `may_resend`: those with Resend::at_least_once wait to be sent again.
  void end_sent(const Reply& reply, bool may_resend);
  void end_waiting(const Reply& reply);

  std::size_t waiting() const noexcept { return waiting_; }

 private:
  void wait(Operation push, std::chrono::milliseconds timeout);
  void send(Ref ref, Operation& push, Ref join_ref);
  bool may_send() const;
  void forget_cancelled(Ref ref);
  void forget_ended();
  void count_waiting(std::ptrdiff_t change);

  Socket& socket_;
  Channel& channel_;
  ChannelObserver& observer_;
  std::list<Ref> queue_;  // may hold refs of pushes that have ended; takes no memory when it is empty
  std::size_t waiting_ = 0;
  std::vector<Ref> sent_;  // may hold refs of pushes that have ended
  std::size_t in_flight_ = 0;
};

}  // namespace suzaku::client::core
