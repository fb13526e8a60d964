#include <stdexcept>
#include <utility>

#include <suzaku/bridge/connection.hpp>

#include "bridge/connection_impl.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::bridge {

Connection::Connection(signals::SignalBus& bus, ConnectionOptions options,
                       std::function<void(const ConnectionEnd&)> on_end) {
  if (const auto good = check(options); !good) throw std::invalid_argument(good.error().message);
  auto runtime = std::exchange(options.socket.runtime, std::nullopt);
  runtime_ = runtime ? *std::move(runtime) : client::Runtime();
  impl_ = std::make_shared<ConnectionImpl>(bus, std::move(options), *runtime_, std::move(on_end));
  impl_->start();
}

Connection::~Connection() {
  impl_->close();
}

client::Push Connection::join_channel(std::string_view topic, client::JoinParams params) {
  if (topic.empty()) throw std::invalid_argument("the topic is empty");
  protocol::require_utf8(topic);
  return impl_->join(topic, std::move(params));
}

client::Push Connection::leave_channel(std::string_view topic) {
  return impl_->leave(topic);
}

tl::expected<client::Push, PushError> Connection::push_event(std::string_view topic, std::string_view event,
                                                             Payload payload, client::PushOptions options) {
  return impl_->push(topic, event, std::move(payload), options);
}

const std::string& Connection::name() const noexcept {
  return impl_->options().name;
}

Status Connection::status() const {
  return impl_->status();
}

std::vector<std::string> Connection::list_channels() const {
  return impl_->list_channels();
}

Json Connection::health() const {
  return impl_->health();
}

client::Push Connection::stop(std::optional<std::chrono::milliseconds> deadline) {
  return impl_->stop(deadline.value_or(impl_->options().stop_deadline));
}

}  // namespace suzaku::bridge
