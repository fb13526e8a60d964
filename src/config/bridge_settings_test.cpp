#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "config/bridge_config.hpp"
#include "config/bridge_example.hpp"
#include "config/config_test.hpp"

namespace suzaku::config {
namespace {

BridgeConfig read(const std::string& text, const std::string& token = "t0ken") {
  const auto config = read_bridge_config(text, "a.yaml", environment_of({{"TOKEN", token}, {"NUMBER", "12"}}));
  if (!config) throw std::runtime_error(lines(config.error()));
  return *config;
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kBridgeExample;
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::invalid_argument(from);
  return text.replace(at, from.size(), to);
}

/// The names of the connections and agents whose settings differ from those of the example.
std::string differing(const BridgeConfig& other) {
  const auto example = read(kBridgeExample);
  std::string names;
  for (std::size_t i = 0; i < example.connections.size(); ++i)
    if (example.connections[i].settings != other.connections[i].settings)
      names += example.connections[i].options.name + " ";
  for (std::size_t i = 0; i < example.agents.size(); ++i)
    if (example.agents[i].settings != other.agents[i].settings) names += example.agents[i].agent.name + " ";
  return names;
}

TEST(BridgeSettings, AreEqualWhenNothingThatMattersHasChanged) {
  EXPECT_EQ(differing(read(kBridgeExample)), "");
  EXPECT_EQ(differing(read("# a remark\n\n" + std::string(kBridgeExample))), "");
  EXPECT_EQ(differing(read(changed("stop_deadline: 7s", "stop_deadline: 9s"))), "");
  EXPECT_EQ(differing(read(changed("level: error", "level: debug"))), "");
  EXPECT_EQ(differing(read(changed("    reconnect: false\n    max_retries: 4\n",
                                   "    max_retries: 4\n    reconnect: \"false\"\n"))),
            "");
  EXPECT_EQ(differing(read(changed("auth_token: ${TOKEN}", "auth_token: t0ken"))), "");
}

TEST(BridgeSettings, DifferWhenSomethingHasChanged) {
  EXPECT_EQ(differing(read(kBridgeExample, "other")), "shop ");
  const std::vector<std::pair<std::string, std::string>> of_shop = {{"device: \"7\"", "device: 7"},
                                                                    {"of: \"${NUMBER}\"", "of: 13"},
                                                                    {"list: [1, x]", "list: [1, x, y]"},
                                                                    {"X-Client: suzaku", "X-Client: other"},
                                                                    {"- room:lobby\n", "- room:other\n"},
                                                                    {"{since: 1}", "{since: 2}"},
                                                                    {"reconnect: false", "reconnect: true"},
                                                                    {"[10ms, 20ms]", "[10ms]"},
                                                                    {"server_name: example.com, ", ""},
                                                                    {"equals: 7", "equals: \"7\""},
                                                                    {"transport: long_poll", "transport: websocket"}};
  for (const auto& [from, to] : of_shop) EXPECT_EQ(differing(read(changed(from, to))), "shop ") << from;
  EXPECT_EQ(differing(read(changed("127.0.0.1:4000", "127.0.0.1:4001"))), "other ");
  EXPECT_EQ(differing(read(changed("max_size: 1MiB", "max_size: 2MiB"))), "audit ");
  EXPECT_EQ(differing(read(changed("keep: 2, restart: temporary", "keep: 2, restart: permanent"))), "audit ");
  EXPECT_EQ(differing(read(changed("capacity: 5", "capacity: 6"))), "hook ");
  EXPECT_EQ(differing(read(changed("{A: b, C: 5}", "{A: b, D: 5}"))), "answer ");
  EXPECT_EQ(differing(read(changed("max_restarts: 6", "max_restarts: 7"))), "answer ");
  EXPECT_EQ(differing(read(changed("suzaku.shop.*.shout", "suzaku.shop.*.whisper"))), "mirror ");
}

/// The names of what differs when the file behind a value has changed.
std::string differing_by_file(const std::string& yaml) {
  const std::string path = testing::TempDir() + "suzaku_settings_test";
  const auto with = [&](const std::string& secret) {
    std::ofstream(path) << secret;
    return good(yaml, environment_of({{"FILE", path}}));
  };
  const auto before = with("ws://one"), after = with("ws://two");
  std::remove(path.c_str());
  std::string names;
  if (before.connections[0].settings != after.connections[0].settings) names += "connection ";
  if (before.agents[0].settings != after.agents[0].settings) names += "agent ";
  return names;
}

TEST(BridgeSettings, DifferOnlyByTheContentOfFilesThatAreReadOnce) {
  const auto yaml = [](const std::string& url, const std::string& of_connection, const std::string& of_agent) {
    return "connections: {a: {url: \"" + url + "\", " + of_connection + "}}\n" +
           "agents: {hook: {sink: webhook, url: \"https://a\", spool: x, " + of_agent + "}}\n" +
           "routes: [{from: \"**\", to: hook}]\n";
  };
  const std::string file = "\"file:${FILE}\"";
  EXPECT_EQ(differing_by_file(yaml("file:${FILE}", "reconnect: true", "timeout: 1s")), "connection ");
  EXPECT_EQ(differing_by_file(yaml("ws://a", "auth_token: " + file, "secret: " + file)), "");
  EXPECT_EQ(differing_by_file(yaml("ws://a", "params: {a: [" + file + ", 1]}", "headers: {A: " + file + "}")), "");
  EXPECT_EQ(differing_by_file(yaml("ws://a", "headers: {A: " + file + "}", "timeout: 1s")), "");
  EXPECT_EQ(differing_by_file(yaml("ws://a", "channels: [{topic: a, params: {t: " + file + "}}]", "timeout: 1s")), "");
}

TEST(BridgeSettings, DifferByWhatStandsBesideASecretFile) {
  const auto settings_of = [](const std::string& params) {
    return good("connections: {a: {url: ws://a, params: " + params + "}}").connections[0].settings;
  };
  const std::string file = "\"file:" + std::string(SUZAKU_SAMPLE_CONFIG) + "\"";
  const auto before = settings_of("{a: " + file + ", b: {}}");
  for (const auto* other : {"b: []", "b:", "b: 1", "b: \"1\"", "c: {}", "b: {c: 1}"})
    EXPECT_NE(settings_of("{a: " + file + ", " + other + "}"), before) << other;
}

}  // namespace
}  // namespace suzaku::config
