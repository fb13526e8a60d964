#pragma once

#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/signals/phoenix.hpp>

#include "bridge/bridge_real.hpp"
#include "sinks/sink.hpp"

/// The fixture of the tests of sinks over real sockets.
namespace suzaku::sinks {

namespace real = client::real;
using namespace std::chrono_literals;
using bridge::options;

class RealSinks : public testing::Test {
 protected:
  static signals::SignalPtr next(signals::Subscription& subscription) {
    auto signal = subscription.take_for(real::kSoon);
    if (!signal) throw std::runtime_error("no signal came");
    return signal;
  }
  /// The next message with this event.
  static signals::SignalPtr next(signals::Subscription& subscription, std::string_view event) {
    while (true) {
      if (auto signal = next(subscription); signal->phoenixevent == event) return signal;
    }
  }

  /// A connection with these channels joined.
  void start(bridge::ConnectionOptions options) {
    auto joined = bus.subscribe("suzaku." + options.name);
    std::set<std::string> missing;
    for (const auto& channel : options.auto_join_channels) missing.insert(channel.topic);
    const auto started = connections.start_connection(std::move(options));
    if (!started) throw std::runtime_error(started.error().message);
    while (!missing.empty()) {
      if (const auto signal = next(joined); signal->type == "suzaku.channel.joined")
        missing.erase(signal->phoenixtopic);
    }
  }

  static signals::SignalPtr message(const std::string& topic, const std::string& event, const Payload& payload) {
    return std::make_shared<const signals::Signal>(signals::phoenix::message("source", topic, event, payload));
  }
  static std::int64_t status(const Sink& sink, std::string_view name) {
    return sink.status().at(name).to_number<std::int64_t>();
  }

  signals::SignalBus bus;
  bridge::ConnectionSupervisor connections{bus};
};

}  // namespace suzaku::sinks
