#include <memory>
#include <utility>

#include <suzaku/bridge/message_router.hpp>

namespace suzaku::bridge {

namespace phoenix = signals::phoenix;

phoenix::MessageKind kind_of(client::Message::Kind kind) noexcept {
  switch (kind) {
    case client::Message::Kind::push:
      return phoenix::MessageKind::push;
    case client::Message::Kind::reply:
      return phoenix::MessageKind::reply;
    case client::Message::Kind::broadcast:
      break;
  }
  return phoenix::MessageKind::broadcast;
}

bool route_message(signals::SignalBus& bus, std::string_view connection, std::string_view topic, std::string_view event,
                   const Payload& payload, phoenix::MessageKind kind, const std::vector<signals::Filter>& filters) {
  if (!signals::any_fits(filters, topic, event, payload)) return false;
  route_channel_event(bus, phoenix::message(connection, topic, event, payload, kind));
  return true;
}

void route_connection_event(signals::SignalBus& bus, signals::Signal event) {
  const auto signal = std::make_shared<const signals::Signal>(std::move(event));
  bus.publish(phoenix::connection_topic(signal->connection), signal);
  bus.dispatch(signal);
}

void route_channel_event(signals::SignalBus& bus, signals::Signal event) {
  const auto signal = std::make_shared<const signals::Signal>(std::move(event));
  bus.publish(phoenix::connection_topic(signal->connection), signal);
  bus.publish(phoenix::channel_topic(signal->connection, signal->phoenixtopic), signal);
  bus.dispatch(signal);
}

}  // namespace suzaku::bridge
