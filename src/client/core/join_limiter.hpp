#pragma once

#include <cstddef>
#include <list>

namespace suzaku::client::core {

class Channel;

/// Lets channels join a few at a time (RejoinOptions::max_concurrent), in the order they asked.
class Turns {
 public:
  /// 0: no limit.
  explicit Turns(std::size_t limit) noexcept : limit_(limit) {}

  /// Channel::on_turn() comes, now or later, if it still waits then.
  void ask(Channel& channel);
  /// One that had its turn is done.
  void give_back();
  /// Nobody waits for a turn any more.
  void clear() noexcept { queue_.clear(); }
  void forget(const Channel& channel);

 private:
  void give();

  const std::size_t limit_;
  std::size_t given_ = 0;
  std::list<Channel*> queue_;  // takes no memory when it is empty, as it is nearly always
};

}  // namespace suzaku::client::core
