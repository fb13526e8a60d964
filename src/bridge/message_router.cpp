#include <memory>
#include <utility>

#include <suzaku/bridge/message_router.hpp>

namespace suzaku::bridge {

namespace phoenix = signals::phoenix;

bool route_message(signals::SignalBus& bus, const phoenix::Names& names, std::string_view topic, std::string_view event,
                   const Payload& payload, MessageKind kind, const std::vector<signals::Filter>& filters) {
  if (!signals::any_fits(filters, topic, event, payload)) return false;
  route_channel_event(bus, names, phoenix::message(names, topic, event, payload, kind));
  return true;
}

void route_connection_event(signals::SignalBus& bus, const phoenix::Names& names, signals::Signal event) {
  const auto signal = std::make_shared<const signals::Signal>(std::move(event));
  bus.publish(names.connection_topic(), signal);
  bus.dispatch(signal);
}

void route_channel_event(signals::SignalBus& bus, const phoenix::Names& names, signals::Signal event) {
  const auto signal = std::make_shared<const signals::Signal>(std::move(event));
  bus.publish(names.connection_topic(), signal);
  bus.publish(names.channel_topic(signal->phoenixtopic), signal);
  bus.dispatch(signal);
}

}  // namespace suzaku::bridge
