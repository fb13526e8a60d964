#include "client/core/join_limiter.hpp"

#include "client/core/channel.hpp"

namespace suzaku::client::core {

void Turns::ask(Channel& channel) {
  queue_.push_back(&channel);
  give();
}

void Turns::give_back() {
  --given_;
  give();
}

void Turns::forget(const Channel& channel) {
  std::erase(queue_, &channel);
}

void Turns::give() {
  while (!queue_.empty() && (limit_ == 0 || given_ < limit_)) {
    Channel* channel = queue_.front();
    queue_.pop_front();
    if (channel->phase() != Phase::waiting) continue;
    ++given_;
    channel->on_turn();
  }
}

}  // namespace suzaku::client::core
