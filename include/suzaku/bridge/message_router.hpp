#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <suzaku/message_kind.hpp>
#include <suzaku/payload.hpp>
#include <suzaku/signals/filter.hpp>
#include <suzaku/signals/phoenix.hpp>
#include <suzaku/signals/signal_bus.hpp>

/// From Phoenix to the bus. Nothing here has a state of its own; any thread.
namespace suzaku::bridge {

/// Makes a signal of the message, if one of the filters fits or there are none, and publishes it to the topic of the
/// connection and to that of the channel; then it is dispatched by its type. False when no filter fits.
bool route_message(signals::SignalBus& bus, const signals::phoenix::Names& names, std::string_view topic,
                   std::string_view event, const Payload& payload, MessageKind kind,
                   const std::vector<signals::Filter>& filters = {});

/// The same for what happens to a connection: "suzaku.connection.connected" and the like.
void route_connection_event(signals::SignalBus& bus, const signals::phoenix::Names& names, signals::Signal event);
/// The same for what happens to a channel ("suzaku.channel.joined" and the like), to the topic of the channel, too.
void route_channel_event(signals::SignalBus& bus, const signals::phoenix::Names& names, signals::Signal event);

}  // namespace suzaku::bridge
