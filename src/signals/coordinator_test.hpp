#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/signals/coordinator.hpp>

#include "signals/signals_test.hpp"

namespace suzaku::signals {

using namespace std::chrono_literals;

class CoordinatorTest : public testing::Test {
 protected:
  void dispatch(std::string type, std::string id = "1") {
    Signal signal;
    signal.id = std::move(id);
    signal.type = std::move(type);
    bus.dispatch(std::make_shared<const Signal>(std::move(signal)));
  }

  /// An agent that passes signals of type "NAME" to `handler`, after each start.
  static Agent agent(std::string name, Handler handler) {
    return {.name = name, .patterns = {name}, .start = [handler = std::move(handler)] { return handler; }};
  }

  void add(Agent agent) {
    const auto added = coordinator.add(std::move(agent));
    ASSERT_TRUE(added) << added.error().message;
  }
  void settle() { ASSERT_TRUE(coordinator.wait_until_idle(kPatience)); }

  Coordinator::AgentStatus status(const std::string& name) {
    for (auto& status : coordinator.agents())
      if (status.name == name) return status;
    ADD_FAILURE() << "no agent " << name;
    return {};
  }

  void note_dead(std::string_view why) {
    const std::lock_guard lock(mutex);
    dead.emplace_back(why);
  }

  std::mutex mutex;  // guards `dead`
  std::vector<std::string> dead;
  std::string seen;
  SignalBus bus;
  Coordinator coordinator{
      bus, {.threads = 4, .on_dead_letter = [this](const Signal&, std::string_view why) { note_dead(why); }}};
};

}  // namespace suzaku::signals
