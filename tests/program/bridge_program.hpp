#pragma once

#include <string>
#include <vector>

#include <boost/json/parse.hpp>

#include "program.hpp"

namespace suzaku::test {

/// A configuration with a connection and an agent that prints.
inline constexpr const char* kConfiguration = R"(
control: ${CONTROL}
connections:
  chat: {url: "${URL}", channels: [room:1], backoff: [20ms], params: {token: "${TOKEN:-hush-hush}"}}
agents:
  print: {sink: stdout}
routes:
  - {from: "suzaku.**", to: print}
)";

class BridgeProgram : public testing::Test {
 protected:
  ChildOptions options() const {
    return {.folder = folder.path(),
            .environment = {"URL=" + server.url(), "CONTROL=" + control, "WEBHOOK_SECRET=whsec_c3V6YWt1",
                            "SUZAKU_CONTROL=" + control, "SHOP_TOKEN=hush-hush", "HOOK_SECRET=hush-hush"}};
  }
  Child start(const std::string& yaml) {
    return Child({"bridge", "--config", folder.write("bridge.yaml", yaml)}, options());
  }
  Ended ctl(std::vector<std::string> words) {
    words.insert(words.begin(), {"bridge", "ctl", "--socket", control});
    return run(words);
  }
  /// Once it is there, and all its connections are connected.
  void await_connected(Child& bridge) {
    bridge.errors_until("it listens to `ctl`");
    for (bool is_connected = false; !is_connected;) {
      const Ended answer = ctl({"status", "--json"});
      ASSERT_EQ(answer.code, 0) << answer.errors;
      const Json status = boost::json::parse(answer.output);
      is_connected = true;
      for (const Json& connection : status.at("connections").as_array())
        is_connected = is_connected && connection.at("status") == "connected";
    }
  }

  const Folder folder;
  const std::string control = folder.file("control");
  PhoenixServer server;
};

}  // namespace suzaku::test
