// `suzaku check-config`: what is wrong with a file, all of it.
#include "program.hpp"

namespace suzaku::test {
namespace {

Ended check(const std::string& file, const std::vector<std::string>& environment = {}) {
  return run({"check-config", file}, "", {.environment = environment});
}

TEST(CheckConfig, SaysThatNothingIsWrong) {
  const Folder folder;
  const auto bridge = folder.write("bridge.yaml", R"(
connections:
  shop: {url: "wss://shop.example.com/socket", auth_token: "${SHOP_TOKEN}"}
  other: {url: "ws://localhost:4000/socket"}
agents:
  log: {sink: stdout}
routes:
  - {from: "phoenix.**", to: log}
)");
  const auto ended = check(bridge, {"SHOP_TOKEN=t0ken-value"});
  EXPECT_EQ(ended.code, 0) << ended.errors;
  EXPECT_EQ(ended.output, bridge + ": nothing is wrong (2 connections, 1 agent)\n");
  EXPECT_EQ(ended.errors, "");

  const auto server = folder.write("suzaku.yaml", "port: 4000\n");
  EXPECT_EQ(check(server).output, server + ": nothing is wrong (a server)\n");
  EXPECT_EQ(check(server).code, 0);
}

TEST(CheckConfig, TellsAllMistakesOfABridgeAndNoSecret) {
  const Folder folder;
  const auto file = folder.write("bridge.yaml", R"(environment: production
connections:
  shop:
    url: ${SHOP_URL}
    auth_token: ${NOBODY}
    timeout: 5
    chanels: [room:lobby]
routes:
  - {from: "phoenix.**", to: log}
)");
  const auto ended = check(file, {"SHOP_URL=ws://t0ken-value.example.com/socket"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.output, "");
  EXPECT_EQ(ended.errors,
            file +
                ":4:10: connections.shop.url: found a URL without TLS, expected wss:// or https:// in production; "
                "`allow_insecure: true` beside it permits this one\n" +
                file +
                ":5:17: connections.shop.auth_token: the environment variable NOBODY is not set; set it, or write "
                "a default: ${NOBODY:-...}\n" +
                file +
                ":6:14: connections.shop.timeout: found \"5\", expected a time with its unit (500ms, 30s, 5m, 1h), "
                "from 1ms to 8760h\n" +
                file + ":7:5: connections.shop.chanels: unknown key; did you mean connections.shop.channels?\n" + file +
                ":9:30: routes[0].to: found \"log\", expected an agent; there is none\n");
}

TEST(CheckConfig, TellsAllMistakesOfAServer) {
  const Folder folder;
  const auto file = folder.write("suzaku.yaml", "prot: 4000\nlog: {format: xml}\n");
  const auto ended = check(file);
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.errors, file + ":1:1: prot: unknown key; did you mean port?\n" + file +
                              ":2:15: log.format: found \"xml\", expected text or json\n");
  folder.write("suzaku.yaml", "tls: {key: key.pem}\n");
  EXPECT_EQ(check(file).errors, file + ": tls.key is set without tls.certificate; set both, or none\n");
  EXPECT_EQ(check(file).code, 1);
}

TEST(CheckConfig, SendsATerminalNoCommands) {
  const Folder folder;
  const auto file = folder.write("suzaku.yaml", "\"\\e[31mport\": 4000\n");
  EXPECT_CONTAINS(check(file).errors, ":1:1: ?[31mport: unknown key");
}

TEST(CheckConfig, SaysWhyAFileCannotBeRead) {
  const Folder folder;
  const auto ended = check(folder.file("none.yaml"));
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.errors,
            folder.file("none.yaml") + ": cannot read this configuration file: No such file or directory\n");
  expect_failure(run({"check-config"}), 2, {"FILE is required"});
}

TEST(CheckConfig, IsTheSameForTheServerWhenItStarts) {
  const Folder folder;
  const auto file = folder.write("suzaku.yaml", "prot: 4000\nlog: {format: xml}\n");
  const auto ended = run({"server", "--config", file});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.errors, "suzaku: " + file + ":1:1: prot: unknown key; did you mean port?\nsuzaku: " + file +
                              ":2:15: log.format: found \"xml\", expected text or json\n");
}

}  // namespace
}  // namespace suzaku::test
