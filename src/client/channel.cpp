#include <memory>
#include <utility>

#include <suzaku/client/channel.hpp>

#include "client/channel_impl.hpp"
#include "client/event_stream_impl.hpp"

namespace suzaku::client {

Push Channel::join(std::optional<std::chrono::milliseconds> timeout) {
  return impl_->join(timeout);
}
Push Channel::leave(std::optional<std::chrono::milliseconds> timeout) {
  return impl_->leave(timeout);
}
Push Channel::push(std::string_view event, Payload payload, PushOptions options) {
  return impl_->push(event, std::move(payload), options);
}

Channel::Binding Channel::on(std::string_view event, std::function<void(const Message&)> callback) {
  return impl_->on(event, std::move(callback));
}
Channel::Binding Channel::on_join(std::function<void(const Joined&)> callback) {
  return impl_->add(&ChannelImpl::joined_callbacks, std::move(callback));
}
Channel::Binding Channel::on_error(std::function<void(const ChannelError&)> callback) {
  return impl_->add(&ChannelImpl::error_callbacks, std::move(callback));
}
Channel::Binding Channel::on_close(std::function<void(const Payload& reason)> callback) {
  return impl_->add(&ChannelImpl::close_callbacks, std::move(callback));
}
Channel::Binding Channel::on_gap(std::function<void(const Gap&)> callback) {
  return impl_->add(&ChannelImpl::gap_callbacks, std::move(callback));
}
void Channel::off(Binding binding) {
  impl_->off(binding);
}
void Channel::off(std::string_view event) {
  impl_->off(event);
}

Channel::State Channel::state() const noexcept {
  return impl_->state();
}
const std::string& Channel::topic() const noexcept {
  return impl_->topic();
}
std::size_t Channel::buffered() const noexcept {
  return impl_->buffered();
}

EventStream Channel::events(std::string_view event, std::size_t capacity, std::size_t max_bytes) {
  auto stream = std::make_shared<EventStreamImpl>(impl_, capacity, max_bytes);
  stream->start(event);
  return EventStream(std::move(stream));
}

}  // namespace suzaku::client
