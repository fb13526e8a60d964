#include <algorithm>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "config/config_test.hpp"

namespace suzaku::config {
namespace {

using namespace std::string_literals;

/// Those of a connection with this among its settings, in line 1 from column 51 on.
std::string of_connection(const std::string& settings) {
  return mistakes("connections: {shop: {url: wss://example.com/socket, " + settings + "}}");
}

/// Those of an agent that is this, in line 2 from column 13 on.
std::string of_agent(const std::string& settings) {
  return mistakes("connections: {shop: {url: wss://example.com/socket}}\nagents: {a: {" + settings +
                  "}}\nroutes: [{from: \"**\", to: a}]");
}

TEST(BridgeMistakes, AreAllToldInTheOrderOfTheFile) {
  EXPECT_EQ(mistakes(R"(enviroment: production
stop_deadline: soon
connections:
  shop:
    max_retries: many
    channels: room:lobby
    timeout: [1s]
    timeout: 5s
  Other: {url: "wss://example.com/socket"}
agents:
  log: {sink: stdout, path: x}
  audit: {sink: file}
routes:
  - {from: "phoenix..x", to: lgo}
)"),
            R"(a.yaml:1:1: enviroment: unknown key; did you mean environment?
a.yaml:2:16: stop_deadline: found "soon", expected a time such as 500ms, 30s, 5m, 1h or 30 (seconds), from 0ms to 8760h
a.yaml:4:3: connections.shop.url: missing; it must be set
a.yaml:5:18: connections.shop.max_retries: found "many", expected a whole number of at least 0
a.yaml:6:15: connections.shop.channels: found a single value, expected a list
a.yaml:7:14: connections.shop.timeout: found a list, expected a single value
a.yaml:8:5: connections.shop.timeout: given twice; it is set already in line 7, column 5
a.yaml:9:3: connections.Other: name is "Other": expected lower-case letters, digits and _, such as "backend"
a.yaml:11:3: agents.log: no route leads to it
a.yaml:11:23: agents.log.path: unknown key; agents.log may have sink, restart, max_restarts, restart_period, filters, capacity, max_queue_size, drop
a.yaml:12:3: agents.audit.path: missing; it must be set
a.yaml:12:3: agents.audit: no route leads to it
a.yaml:14:12: routes[0].from: found "phoenix..x", expected names, * or ** between dots, as in suzaku.*.room_lobby.**
a.yaml:14:30: routes[0].to: found "lgo", expected an agent; did you mean log?
)");
}

TEST(BridgeMistakes, OfTheWholeFile) {
  EXPECT_EQ(mistakes(""), "a.yaml:1:1: connections: found none, expected at least one\n");
  EXPECT_EQ(mistakes("\nconnections: {}"), "a.yaml:2:1: connections: found none, expected at least one\n");
  EXPECT_EQ(mistakes("connections: [5]"), "a.yaml:1:14: connections: found a list, expected a mapping\n");
  EXPECT_EQ(mistakes("- connections"),
            "a.yaml:1:1: found a list, expected a mapping\n"
            "a.yaml:1:1: connections: found none, expected at least one\n");
  EXPECT_EQ(mistakes("a:\n  b: [\n"), "a.yaml:3:1: this is not YAML: end of sequence flow not found\n");
  const std::string rest = "\nconnections: {a: {url: ws://localhost}}";
  EXPECT_EQ(mistakes("environment: test" + rest),
            "a.yaml:1:14: environment: found \"test\", expected production or development\n");
  EXPECT_EQ(mistakes("control: " + std::string(108, 'x') + rest),
            "a.yaml:1:10: control: found \"" + std::string(108, 'x') +
                "\", expected the path of a socket, at most 107 bytes\n");
  EXPECT_EQ(mistakes("log: {level: loud, colour: red}" + rest),
            "a.yaml:1:14: log.level: found \"loud\", expected debug, info, warning, error or off\n"
            "a.yaml:1:20: log.colour: unknown key; log may have level, format\n");
  EXPECT_EQ(mistakes("[a]: 1" + rest), "a.yaml:1:1: found a list, expected the name of a setting\n");
  EXPECT_EQ(mistakes("control:" + rest), "a.yaml:1:1: control: found no value; write one, or leave the key out\n");
}

TEST(BridgeMistakes, OfVariables) {
  EXPECT_EQ(of_connection("timeout: \"${NOBODY}\""),
            "a.yaml:1:62: connections.shop.timeout: the environment variable NOBODY is not set; set it, or write a "
            "default: ${NOBODY:-...}\n");
  EXPECT_EQ(of_connection("timeout: \"${WORD}\"").substr(0, 59),
            "a.yaml:1:62: connections.shop.timeout: found \"${WORD}\", exp");
}

TEST(BridgeMistakes, OfUrls) {
  const auto of_url = [](const std::string& url) { return mistakes("connections: {shop: {url: \"" + url + "\"}}"); };
  EXPECT_EQ(of_url("localhost"),
            "a.yaml:1:27: connections.shop.url: the URL has no scheme: expected ws, wss, http or https, such as "
            "wss://example.com/socket\n");
  EXPECT_EQ(of_url("wss://me:pass@example.com/socket"), "");
  EXPECT_EQ(of_url("wss://me:pass@example.com:port/socket").find("pass@"), std::string::npos);
  EXPECT_EQ(of_url("${WORD}"),
            "a.yaml:1:27: connections.shop.url: found \"${WORD}\", expected a URL such as wss://example.com/socket\n");
}

TEST(BridgeMistakes, OfWhatMustBeSecretInProduction) {
  const auto in_production = [](const std::string& url, const std::string& more = "") {
    return mistakes("environment: production\nconnections: {shop: {url: \"" + url + "\"" + more + "}}");
  };
  const std::string refused =
      "a.yaml:2:27: connections.shop.url: found a URL without TLS, expected wss:// or https:// in production; "
      "`allow_insecure: true` beside it permits this one\n";
  for (const auto* url : {"ws://example.com/socket", "http://example.com/socket", "ws://127.0.0.1.example.com/socket",
                          "ws://10.0.0.1/socket", "WS://localhost.example.com", "ws://[::2]/socket", "ws://0.0.0.0/"})
    EXPECT_EQ(in_production(url), refused) << url;
  for (const auto* url :
       {"wss://example.com/socket", "https://example.com/socket", "ws://localhost:4000/socket", "ws://LOCALHOST/socket",
        "ws://127.0.0.1/socket", "ws://127.8.9.1/socket", "ws://[::1]/socket"})
    EXPECT_EQ(in_production(url), "") << url;
  EXPECT_EQ(in_production("ws://example.com/socket", ", allow_insecure: true"), "");
  EXPECT_EQ(in_production("ws://example.com/socket", ", allow_insecure: false"), refused);
  EXPECT_EQ(mistakes("connections: {shop: {url: \"ws://example.com/socket\"}}"), "");

  const auto hook = [](const std::string& url, const std::string& more = "") {
    return mistakes("environment: production\nconnections: {shop: {url: \"wss://example.com\"}}\n" +
                    ("agents: {a: {sink: webhook, spool: a.db, url: \"" + url + "\"" + more) +
                    "}}\nroutes: [{from: \"**\", to: a}]");
  };
  EXPECT_TRUE(hook("http://example.com/hook").starts_with("a.yaml:3:47: agents.a.url: found a URL without TLS"));
  EXPECT_EQ(hook("http://example.com/hook", ", allow_insecure: true"), "");
  EXPECT_EQ(hook("http://localhost/hook"), "");
  EXPECT_EQ(hook("https://example.com/hook"), "");
}

TEST(BridgeMistakes, OfConnections) {
  const std::map<std::string, std::string> expected = {
      {"compress: yes", "63: connections.shop.compress: found \"yes\", expected true or false"},
      {"backoff: 5", "62: connections.shop.backoff: found a single value, expected a mapping"},
      {"backoff: []", "62: connections.shop.backoff: found no time, expected at least one; the last one repeats"},
      {"backoff: {factor: 0.5}",
       "71: connections.shop.backoff.factor: found \"0.5\", expected a number from 1 to 1000"},
      {"backoff: {jitter: 2}", "71: connections.shop.backoff.jitter: found \"2\", expected a number from 0 to 1"},
      {"backoff: {first: 40s}", "62: connections.shop.backoff: max is shorter than first; expected at least the same"},
      {"rejoin_after: [1s, 1w]",
       "72: connections.shop.rejoin_after[1]: found \"1w\", expected a time such as "
       "500ms, 30s, 5m, 1h or 30 (seconds), from 0ms to 8760h"},
      {"rejoin_after: []",
       "67: connections.shop.rejoin_after: found no time, expected at least one; the last one repeats"},
      {"heartbeat_timeout: 0",
       "72: connections.shop.heartbeat_timeout: found \"0\", expected a time such as 500ms, 30s, 5m, 1h or 30 "
       "(seconds), "
       "from 1ms to 1h"},
      {"heartbeat_timeout: 2h",
       "72: connections.shop.heartbeat_timeout: found \"2h\", expected a time such as 500ms, 30s, 5m, 1h or 30 "
       "(seconds), "
       "from 1ms to 1h"},
      {"auth_token: !!binary aGVsbG8=", "65: found the tag !!binary, which is not understood here; "},
      {"restart: often", "62: connections.shop.restart: found \"often\", expected permanent, transient or temporary"},
      {"transport: tcp", "64: connections.shop.transport: found \"tcp\", expected websocket or long_poll"},
      {"tls: {key_file: k}",
       "58: connections.shop.tls: certificate_file and key_file belong together; set both, or none"},
      {"tls: {server_name: a/b}",
       "72: connections.shop.tls.server_name: found \"a/b\", expected a host name, such as example.com"},
      {"proxy: ftp://a", "60: connections.shop.proxy: expected http://user:password@host:port, or \"\" for no proxy"},
      {"params: [1]", "61: connections.shop.params: found a list, expected a mapping"},
      {"params: {a: [[1]]}", "61: connections.shop.params: the list \"a\" holds a list"},
      {"headers: {Host: a}",
       "62: connections.shop.headers: the header Host is the handshake's own: leave it out of the options"},
      {"headers: {A: [b]}", "66: connections.shop.headers.A: found a list, expected a single value"},
      {"auth_token: \"a\\nb\"", "65: connections.shop.auth_token: auth_token holds a line break"},
      {"channels: [a, a]",
       "67: connections.shop.channels[1]: the topic is in the list already; it can be joined once "
       "on a connection"},
      {"channels: [{params: {}}]", "64: connections.shop.channels[0].topic: missing; it must be set"},
      {"channels: [{topic: a, parms: {}}]",
       "75: connections.shop.channels[0].parms: unknown key; did you mean "
       "connections.shop.channels[0].params?"},
      {"filters: {topic: a}", "62: connections.shop.filters: found a mapping, expected a list"},
      {"filters: [{topik: a}]",
       "64: connections.shop.filters[0].topik: unknown key; did you mean connections.shop.filters[0].topic?"},
      {"filters: [{where: {equals: 1}}]", "64: connections.shop.filters[0].where.pointer: missing; it must be set"},
      {"filters: [{where: {pointer: /a}}]", "64: connections.shop.filters[0].where.equals: missing; it must be set"},
      {"filters: [{where: {pointer: a, equals: 1}}]",
       "81: connections.shop.filters[0].where.pointer: found \"a\", expected a JSON pointer such as /user/id"},
      {"max_retris: 5", "53: connections.shop.max_retris: unknown key; did you mean connections.shop.max_retries?"},
  };
  for (const auto& [settings, mistake] : expected) {
    const auto found = of_connection(settings);
    EXPECT_EQ(found.substr(0, 9 + mistake.size()), "a.yaml:1:" + mistake) << settings;
    EXPECT_EQ(std::ranges::count(found, '\n'), 1) << found;
  }
}

TEST(BridgeMistakes, OfNamesOfConnectionsThatBelongToTheSignalsAboutThem) {
  for (const std::string name : {"connection", "channel"})
    EXPECT_EQ(mistakes("connections: {" + name + ": {url: wss://example.com/socket}}"),
              "a.yaml:1:15: connections." + name + ": name is \"" + name +
                  "\": expected another one; the types of signals about connections and channels begin with it\n");
}

TEST(BridgeMistakes, OfAgents) {
  const std::map<std::string, std::string> expected = {
      {"capacity: 5", "10: agents.a.sink: missing; it must be set"},
      {"sink: sdtout", "20: agents.a.sink: found \"sdtout\", expected stdout, file, webhook, command or push"},
      {"sink: stdout, capacity: 0", "38: agents.a.capacity: found \"0\", expected a whole number of at least 1"},
      {"sink: stdout, drop: all", "34: agents.a.drop: found \"all\", expected oldest or newest"},
      {"sink: file, path: \"\"", "32: agents.a.path: found \"\", expected some text"},
      {"sink: webhook, url: \"https://x\"", "10: agents.a.spool: missing; it must be set"},
      {"sink: webhook, spool: x", "10: agents.a.url: missing; it must be set"},
      {"sink: webhook, spool: x, url: \"ws://x\"",
       "44: agents.a.url: found no URL of a webhook, expected one such as https://example.com/hook"},
      {"sink: webhook, spool: x, url: \"https://x\", secret: whsec_%",
       "65: agents.a.secret: it begins with whsec_, but what follows is not Base64"},
      {"sink: webhook, spool: x, url: \"https://x\", headers: {Host: b}",
       "66: agents.a.headers: the header Host is the handshake's own: leave it out of the options"},
      {"sink: webhook, spool: x, url: \"https://x\", headers: {CE-id: b}",
       "66: agents.a.headers: the webhook sets CE-id itself"},
      {"sink: webhook, spool: x, url: \"https://x\", mode: odd",
       "63: agents.a.mode: found \"odd\", expected structured or binary"},
      {"sink: command", "10: agents.a.command: missing; it must be set"},
      {"sink: command, command: ls", "38: agents.a.command: found a single value, expected a list"},
      {"sink: command, command: []",
       "38: agents.a.command: found no program, expected a list such as [python3, answer.py]"},
      {"sink: command, command: [ls], environment: {A=B: c}",
       "58: agents.a.environment.A=B: this cannot be the name of a variable"},
      {"sink: command, command: [ls], environment: {\"\": c}",
       "58: agents.a.environment.: this cannot be the name of a variable"},
      {"sink: command, command: [ls], environment: {\"A\\0B\": c}",
       "58: agents.a.environment.A\0B: this cannot be the name of a variable"s},
      {"sink: push", "10: agents.a.connection: missing; it must be set"},
      {"sink: push, connection: shp",
       "38: agents.a.connection: found \"shp\", expected a connection; did you mean shop?"},
      {"sink: push, connection: \"${NAME}\"",
       "38: agents.a.connection: found \"${NAME}\", expected a connection; known: shop"},
  };
  for (const auto& [settings, mistake] : expected) {
    const auto found = of_agent(settings);
    EXPECT_EQ(found, "a.yaml:2:" + mistake + "\n") << settings;
  }
}

TEST(BridgeMistakes, OfRoutes) {
  const std::string before =
      "connections: {shop: {url: wss://example.com/socket}}\nagents: {a: {sink: stdout}}\nroutes: ";
  const std::map<std::string, std::string> expected = {
      {"5", "3:9: routes: found a single value, expected a list"},
      {"[5]", "3:10: routes[0]: found a single value, expected a mapping"},
      {"[{to: a}]", "3:10: routes[0].from: missing; it must be set"},
      {"[{from: x}]", "3:10: routes[0].to: missing; it must be set"},
      {"[{from: [], to: a}]", "3:17: routes[0].from: found no pattern, expected at least one"},
      {"[{from: [a, b*], to: a}]",
       "3:21: routes[0].from[1]: found \"b*\", expected names, * or ** between dots, as in suzaku.*.room_lobby.**"},
      {"[{from: a, to: [a, b]}]", "3:28: routes[0].to[1]: found \"b\", expected an agent; did you mean a?"},
      {"[{from: a, to: {}}]", "3:24: routes[0].to: found a mapping, expected a list"},
  };
  for (const auto& [routes, mistake] : expected) {
    const auto found = mistakes(before + routes);
    EXPECT_NE(found.find("a.yaml:" + mistake + "\n"), std::string::npos) << routes << " gives\n" << found;
  }
  EXPECT_EQ(mistakes(before), "a.yaml:2:10: agents.a: no route leads to it\n");
}

}  // namespace
}  // namespace suzaku::config
