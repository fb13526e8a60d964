#include "client/core/join_limiter.hpp"

#include "client/core/channel.hpp"

namespace suzaku::client::core {

void JoinLimiter::request(Channel& channel) {
  queue_.push_back(&channel);
  grant();
}

void JoinLimiter::release() {
  --joining_;
  grant();
}

void JoinLimiter::forget(const Channel& channel) {
  std::erase(queue_, &channel);
}

void JoinLimiter::grant() {
  while (!queue_.empty() && (limit_ == 0 || joining_ < limit_)) {
    Channel* channel = queue_.front();
    queue_.pop_front();
    if (channel->state() != JoinState::waiting) continue;
    ++joining_;
    channel->on_may_join();
  }
}

}  // namespace suzaku::client::core
