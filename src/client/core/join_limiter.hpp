#pragma once

#include <cstddef>
#include <list>

namespace suzaku::client::core {

class Channel;

/// Limits how many channels of a socket join at the same time (RejoinOptions::max_concurrent). Channels join in the
/// order of their requests.
class JoinLimiter {
 public:
  /// 0: no limit.
  explicit JoinLimiter(std::size_t limit) noexcept : limit_(limit) {}

  /// Calls Channel::on_may_join(), now or later, if the channel still waits to join then.
  void request(Channel& channel);
  /// A channel that was allowed to join has finished, whether it joined or not.
  void release();
  /// Drops all requests that wait.
  void clear() noexcept { queue_.clear(); }
  /// Drops the request of one channel.
  void forget(const Channel& channel);

 private:
  void grant();

  const std::size_t limit_;
  std::size_t joining_ = 0;
  std::list<Channel*> queue_;  // a list takes no memory when it is empty, which is its usual state
};

}  // namespace suzaku::client::core
