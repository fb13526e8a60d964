#include <stdexcept>
#include <utility>

#include <suzaku/client/presence.hpp>

#include "client/channel_impl.hpp"
#include "client/core/presence_list.hpp"

namespace suzaku::client {

/// The implementation of Presence. All but the constructor is guarded by the channel's Callbacks::mutex().
class PresenceImpl final : private core::PresenceList::Events, public std::enable_shared_from_this<PresenceImpl> {
 public:
  using JoinCallback = std::function<void(std::string_view key, const Json* before, const Json& joined)>;
  using LeaveCallback = std::function<void(std::string_view key, const Json& now, const Json& left)>;

  explicit PresenceImpl(std::shared_ptr<ChannelImpl> channel) : channel_(std::move(channel)) {}

  void start(const Presence::Options& options) {
    const auto bind = [this](std::string_view event, Result<void> (PresenceImpl::*receive)(const Json&)) {
      bindings_.push_back(channel_->on(event, [weak = weak_from_this(), receive](const Message& message) {
        const auto self = weak.lock();
        if (!self || message.payload.is_binary()) return;
        const auto done = ((*self).*receive)(message.payload.json());
        if (!done) throw std::runtime_error(done.error().message);
      }));
    };
    bind(options.state_event, &PresenceImpl::receive_state);
    bind(options.diff_event, &PresenceImpl::receive_diff);
    bindings_.push_back(channel_->add(&ChannelImpl::joined_callbacks, [weak = weak_from_this()](const Joined&) {
      if (const auto self = weak.lock()) ++self->join_;
    }));
  }
  void stop() {
    for (const auto binding : std::exchange(bindings_, {})) channel_->off(binding);
    const std::lock_guard lock(channel_->callbacks()->mutex());
    on_join_callback = nullptr;  // one that runs may be about to call the next
    on_leave_callback = nullptr;
    on_sync_callback = nullptr;
  }

  template <class F>
  auto locked(F work) const {
    const std::lock_guard lock(channel_->callbacks()->mutex());
    return work();
  }
  const core::PresenceList& list() const noexcept { return list_; }
  bool is_stale() const { return channel_->state() != Channel::State::joined || list_.is_stale(join_); }

  JoinCallback on_join_callback;
  LeaveCallback on_leave_callback;
  std::function<void()> on_sync_callback;

 private:
  Result<void> receive_state(const Json& state) { return list_.receive_state(join_, state, *this); }
  Result<void> receive_diff(const Json& diff) { return list_.receive_diff(join_, diff, *this); }

  void on_join(std::string_view key, const Json* before, const Json& joined) override {
    if (const auto callback = on_join_callback) channel_->callbacks()->call("presence", callback, key, before, joined);
  }
  void on_leave(std::string_view key, const Json& now, const Json& left) override {
    if (const auto callback = on_leave_callback) channel_->callbacks()->call("presence", callback, key, now, left);
  }
  void on_sync() override {
    if (const auto callback = on_sync_callback) channel_->callbacks()->call("presence", callback);
  }

  const std::shared_ptr<ChannelImpl> channel_;
  std::vector<Channel::Binding> bindings_;
  core::PresenceList list_;
  Ref join_ = 1;  // counts the joins: a state belongs to the join it came in
};

Presence::Presence(const Channel& channel) : Presence(channel, Options{}) {}

Presence::Presence(const Channel& channel, const Options& options)
    : impl_(std::make_shared<PresenceImpl>(channel.impl_)) {
  impl_->start(options);
}

Presence::~Presence() {
  if (impl_) impl_->stop();
}
Presence::Presence(Presence&&) noexcept = default;
Presence& Presence::operator=(Presence&& other) noexcept {
  if (this == &other) return *this;
  if (impl_) impl_->stop();
  impl_ = std::move(other.impl_);
  return *this;
}

void Presence::on_join(std::function<void(std::string_view key, const Json* before, const Json& joined)> callback) {
  impl_->locked([&] { impl_->on_join_callback = std::move(callback); });
}
void Presence::on_leave(std::function<void(std::string_view key, const Json& now, const Json& left)> callback) {
  impl_->locked([&] { impl_->on_leave_callback = std::move(callback); });
}
void Presence::on_sync(std::function<void()> callback) {
  impl_->locked([&] { impl_->on_sync_callback = std::move(callback); });
}

std::vector<Presence::Entry> Presence::list() const {
  return impl_->locked([&] {
    const auto& entries = impl_->list().entries();
    return std::vector<Entry>(entries.begin(), entries.end());
  });
}
std::optional<Json> Presence::find(std::string_view key) const {
  return impl_->locked([&]() -> std::optional<Json> {
    const Json* presence = impl_->list().find(key);
    return presence ? std::optional(*presence) : std::nullopt;
  });
}
std::size_t Presence::size() const {
  return impl_->locked([&] { return impl_->list().entries().size(); });
}
bool Presence::is_stale() const {
  return impl_->locked([&] { return impl_->is_stale(); });
}

}  // namespace suzaku::client
