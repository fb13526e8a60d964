#include "config/bridge_config.hpp"

#include <gtest/gtest.h>

#include "config/bridge_example.hpp"
#include "config/config_test.hpp"

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;

TEST(BridgeConfig, NeedsOneConnectionAndHasDefaultsForTheRest) {
  const auto config = good("connections: {shop: {url: ws://localhost:4000/socket}}");
  EXPECT_EQ(config.control, "/run/suzaku/bridge.sock");
  EXPECT_EQ(config.stop_deadline, 10s);
  EXPECT_EQ(config.log_level, log::Level::info);
  EXPECT_EQ(config.log_format, log::Format::text);
  EXPECT_TRUE(config.agents.empty());
  ASSERT_EQ(config.connections.size(), 1U);

  const auto& options = config.connections[0].options;
  const bridge::ConnectionOptions defaults;
  EXPECT_EQ(options.name, "shop");
  EXPECT_EQ(options.uri, "ws://localhost:4000/socket");
  EXPECT_EQ(options.restart.restart, signals::Restart::permanent);
  EXPECT_EQ(options.restart.max_restarts, 3U);
  EXPECT_EQ(options.restart.period, 1min);
  EXPECT_TRUE(options.reconnect);
  EXPECT_EQ(options.max_retries, 0U);
  EXPECT_EQ(options.rejoin_after, defaults.rejoin_after);
  EXPECT_EQ(options.heartbeat_interval, 30s);
  EXPECT_EQ(options.params.value().raw(), "{}");
  EXPECT_FALSE(options.socket.proxy.value());
  EXPECT_TRUE(options.socket.tls.verify);
}

TEST(BridgeConfig, HasItsSocketInTheFolderOfTheSession) {
  const auto* const text = "connections: {shop: {url: ws://localhost:4000/socket}}";
  EXPECT_EQ(good(text, environment_of({{"XDG_RUNTIME_DIR", "/run/user/7"}})).control, "/run/user/7/suzaku-bridge.sock");
  EXPECT_EQ(good(text, environment_of({{"XDG_RUNTIME_DIR", ""}})).control, "/run/suzaku/bridge.sock");
}

BridgeConfig all() {
  return good(kBridgeExample, environment_of({{"TOKEN", "t0ken"}, {"NUMBER", "12"}}));
}

TEST(BridgeConfig, ReachesTheFieldsOfTheDaemon) {
  const auto config = all();
  EXPECT_EQ(config.control, "/tmp/control.sock");
  EXPECT_EQ(config.stop_deadline, 7s);
  EXPECT_EQ(config.log_level, log::Level::error);
  EXPECT_EQ(config.log_format, log::Format::json);
}

TEST(BridgeConfig, ReachesTheFieldsOfAConnection) {
  const auto config = all();
  ASSERT_EQ(config.connections.size(), 2U);
  const auto& options = config.connections[0].options;
  EXPECT_EQ(options.uri, "wss://shop.example.com/socket");
  EXPECT_EQ(options.params.value().raw(),
            R"({"device":"7","number":7,"exact":2.50,"flag":true,"none":null,"word":"yes","list":[1,"x"],)"
            R"("deep":{"of":"12"}})");
  EXPECT_EQ(options.auth_token.value(), "t0ken");
  const auto headers = options.headers.value();
  ASSERT_EQ(headers.size(), 2U);
  EXPECT_EQ(headers[0].name + headers[0].value, "X-Clientsuzaku");
  EXPECT_EQ(headers[1].name + headers[1].value, "X-Number5");
  ASSERT_EQ(options.auto_join_channels.size(), 2U);
  EXPECT_EQ(options.auto_join_channels[0].topic, "room:lobby");
  EXPECT_EQ(options.auto_join_channels[1].topic, "orders:eu");
  EXPECT_EQ(options.auto_join_channels[1].params.value().raw(), R"({"since":1})");
  EXPECT_FALSE(options.reconnect);
  EXPECT_EQ(options.max_retries, 4U);
  const auto& backoff = std::get<client::ExponentialBackoff>(options.backoff);
  EXPECT_EQ(backoff.first, 2s);
  EXPECT_EQ(backoff.factor, 2.5);
  EXPECT_EQ(backoff.max, 40s);
  EXPECT_EQ(backoff.jitter, 0.5);
  EXPECT_EQ(options.rejoin_after, (std::vector<std::chrono::milliseconds>{10ms, 20ms}));
  EXPECT_EQ(options.heartbeat_interval, 0s);
  EXPECT_EQ(options.socket.heartbeat_timeout, 15s);
  EXPECT_EQ(options.restart.restart, signals::Restart::transient);
  EXPECT_EQ(options.restart.max_restarts, 9U);
  EXPECT_EQ(options.restart.period, 8s);
  EXPECT_EQ(options.stop_deadline, 6s);
  EXPECT_EQ(options.socket.reconnect.stable_after, 11s);
  EXPECT_EQ(options.socket.timeout, 12s);
  EXPECT_EQ(options.socket.connect_timeout, 13s);
  EXPECT_EQ(options.socket.transport, client::TransportKind::long_poll);
  EXPECT_TRUE(options.socket.compress);
  EXPECT_EQ(options.socket.tls.ca_file, "ca.pem");
  EXPECT_EQ(options.socket.tls.certificate_file, "cert.pem");
  EXPECT_EQ(options.socket.tls.key_file, "key.pem");
  EXPECT_EQ(options.socket.tls.server_name, "example.com");
  EXPECT_FALSE(options.socket.tls.verify);
  EXPECT_EQ(options.socket.proxy.value(), "http://proxy.example.com:3128");
  EXPECT_EQ(options.names.source, "/shops/<connection>");
  EXPECT_EQ(options.names.topic_prefix, "shops.<connection>");
  EXPECT_EQ(options.names.type_prefix, "com.example");
  ASSERT_EQ(options.filters.size(), 2U);
  EXPECT_EQ(options.filters[0].topic, "room:*");
  EXPECT_EQ(options.filters[0].event, "shout");
  EXPECT_EQ(options.filters[0].pointer, "/user/id");
  EXPECT_EQ(options.filters[0].equals, Json(7));
  EXPECT_EQ(options.filters[1].equals, Json({"a", "1"}));
  const auto& list = std::get<client::ListBackoff>(config.connections[1].options.backoff);
  EXPECT_EQ(list.delays, (std::vector<std::chrono::milliseconds>{1s, 2s, 5s}));
}

TEST(BridgeConfig, ReachesTheFieldsOfAgents) {
  const auto config = all();
  ASSERT_EQ(config.agents.size(), 5U);
  EXPECT_EQ(config.agents[0].agent.name, "log");
  EXPECT_TRUE(std::holds_alternative<sinks::StdoutOptions>(config.agents[0].sink));
  EXPECT_EQ(config.agents[0].agent.capacity, 10'000U);

  const auto& file = std::get<sinks::FileOptions>(config.agents[1].sink);
  EXPECT_EQ(file.path, "audit.ndjson");
  EXPECT_EQ(file.max_size, 1U << 20);
  EXPECT_EQ(file.keep, 2U);
  EXPECT_EQ(config.agents[1].agent.restart.restart, signals::Restart::temporary);
  EXPECT_EQ(config.agents[1].agent.restart.max_restarts, 1U);
  EXPECT_EQ(config.agents[1].agent.restart.period, 2s);

  const auto& hook = std::get<sinks::WebhookOptions>(config.agents[2].sink);
  EXPECT_EQ(hook.url, "https://example.com/hook");
  EXPECT_EQ(hook.mode, sinks::WebhookOptions::Mode::binary);
  EXPECT_EQ(hook.headers.value().at(0).name + hook.headers.value().at(0).value, "X-Tenantacme");
  EXPECT_EQ(hook.secret.value(), "whsec_c3V6YWt1");
  EXPECT_EQ(hook.ca_file, "ca.pem");
  EXPECT_EQ(hook.timeout, 3s);
  EXPECT_EQ(hook.spool, "hook.db");
  EXPECT_EQ(hook.max_spool_size, 2U << 20);
  EXPECT_EQ(hook.max_attempts, 7U);
  EXPECT_EQ(hook.max_age, 8min);
  EXPECT_EQ(hook.max_parked_size, 3U << 20);
  EXPECT_EQ(hook.retry.first, 3s);
  EXPECT_EQ(hook.retry.max, 4s);
  EXPECT_EQ(config.agents[2].agent.capacity, 5U);
  EXPECT_EQ(config.agents[2].agent.max_bytes, 6U << 20);
  EXPECT_EQ(config.agents[2].agent.drop, signals::Drop::newest);
  EXPECT_EQ(config.agents[2].agent.filters.at(0).event, "shout");

  const auto& command = std::get<sinks::CommandOptions>(config.agents[3].sink);
  EXPECT_EQ(command.command, (std::vector<std::string>{"python3", "answer.py"}));
  EXPECT_EQ(command.directory, "/tmp");
  EXPECT_EQ(command.environment, (std::vector<std::pair<std::string, std::string>>{{"A", "b"}, {"C", "5"}}));
  EXPECT_EQ(command.restart.restart, signals::Restart::transient);
  EXPECT_EQ(command.restart.max_restarts, 6U);
  EXPECT_EQ(command.restart.period, 9s);
  EXPECT_EQ(command.grace, 14s);
  EXPECT_EQ(config.agents[3].agent.restart.restart, signals::Restart::temporary);

  const auto& push = std::get<sinks::PushOptions>(config.agents[4].sink);
  EXPECT_EQ(push.connection + " " + push.topic + " " + push.event, "other room:copy copied");
}

TEST(BridgeConfig, HasAPresetForTheNamesOfSignals) {
  const auto names = [](const std::string& settings) {
    return good("connections: {shop: {url: \"ws://localhost:4000/socket\", " + settings + "}}")
        .connections[0]
        .options.names;
  };
  EXPECT_EQ(names("preset: suzaku"), signals::phoenix::NameOptions());
  EXPECT_EQ(names("preset: jidoka"), signals::phoenix::jidoka());
  EXPECT_EQ(names("source: /here, preset: jidoka").source, "/here");
  EXPECT_EQ(names("source: /here, preset: jidoka").type_prefix, "phoenix");
}

TEST(BridgeConfig, SaysWhatIsWrongWithTheNamesOfSignals) {
  const auto mistakes = [](const std::string& settings) {
    const auto config = read_bridge_config(
        "connections: {shop: {url: \"ws://localhost:4000/socket\", " + settings + "}}", "a.yaml", environment_of({}));
    return config ? "" : lines(config.error());
  };
  EXPECT_NE(mistakes("source: a b").find("source: found \"a b\", expected a URI or its path"), std::string::npos);
  EXPECT_NE(mistakes("topic_prefix: \"\"").find("topic_prefix: found \"\", expected a text"), std::string::npos);
  EXPECT_NE(mistakes("type_prefix: a.*").find("type_prefix: found \"a.*\", expected names between dots"),
            std::string::npos);
  EXPECT_NE(mistakes("preset: elixir").find("preset: found \"elixir\", expected suzaku or jidoka"), std::string::npos);
}

TEST(BridgeConfig, GivesEachAgentThePatternsOfItsRoutesOnce) {
  const auto config = all();
  using Patterns = std::vector<std::string>;
  EXPECT_EQ(config.agents[0].agent.patterns, (Patterns{"suzaku.shop.**", "suzaku.connection.*", "suzaku.channel.*"}));
  EXPECT_EQ(config.agents[1].agent.patterns, (Patterns{"suzaku.connection.*", "suzaku.channel.*"}));
  EXPECT_EQ(config.agents[4].agent.patterns, (Patterns{"suzaku.shop.*.shout"}));
}

TEST(BridgeConfig, TellsABridgeFromAServer) {
  for (const auto* text : {"connections: {}", "agents: 5", "a: 1\nroutes:\n", "conections: {}", "control: a.sock"})
    EXPECT_EQ(kind_of_config(text), ConfigKind::bridge) << text;
  for (const auto* text : {"port: 4000", "log: {level: info}", "prot: 1"})
    EXPECT_EQ(kind_of_config(text), ConfigKind::server) << text;
  for (const auto* text : {"", "# nothing", "{}", "[connections]", "not: [yaml"})
    EXPECT_EQ(kind_of_config(text), std::nullopt) << text;
}

TEST(BridgeConfig, SaysWhyAFileCannotBeRead) {
  const auto config = load_bridge_config("/nowhere/bridge.yaml", environment_of({}));
  ASSERT_FALSE(config);
  EXPECT_EQ(lines(config.error()),
            "/nowhere/bridge.yaml: cannot read this configuration file: No such file or directory\n");
}

}  // namespace
}  // namespace suzaku::config
