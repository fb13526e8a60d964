#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "kit_server_test.hpp"
#include "server_test.hpp"

namespace suzaku::test {

/// The frame that says that the channel room:a has crashed.
inline constexpr const char* kError = R"(["1","1","room:a","phx_error",{"reason":"channel_crash"}])";

/// A channel that answers "ev" with a handler of the test's. Why it ends is noted. `Base` is ServerTest or
/// KitServerTest.
template <class Base>
class ChannelTestOn : public Base {
 protected:
  ChannelTestOn() {
    script.terminate = [this](ScriptedChannel&, server::TerminateReason reason) { notes.add(name_of(reason)); };
  }
  void on_event(std::function<server::HandleResult(ScriptedChannel&, const Payload&)> handler) {
    script.handle_in = [handler = std::move(handler)](ScriptedChannel& channel, std::string_view event,
                                                      const Payload& payload) {
      return event == "ev" ? handler(channel, payload) : channel.reply_ok(payload);
    };
  }
  template <class Client>
  static void send(Client& client) {
    client.push("1", "2", "room:a", "ev");
  }

  using Base::notes;
  using Base::script;
};

using ChannelTest = ChannelTestOn<KitServerTest>;

}  // namespace suzaku::test
