// What the server writes to its log: who a crash happened to, what clients do at level debug, and how much of it.

#include "base/log.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/stderr_capture.hpp"
#include "server_test.hpp"

namespace suzaku::test {
namespace {

class NamedSocket : public server::UserSocket {
 public:
  server::ConnectResult connect(const server::ConnectInfo& info) override {
    if (info.param("throw")) throw std::runtime_error("no database");
    return {.accepted = !info.param("refuse"), .status = 403, .body = {}};
  }
  std::string id() const override { return "user:7"; }
};

class LogTest : public ServerTest {
 protected:
  void serve_named(log::Level level, const std::function<void(server::Endpoint&)>& more = {}) {
    endpoint_options.loops = 1;
    socket_factory = [] { return std::make_unique<NamedSocket>(); };
    serve(more);
    log::configure(level, log::Format::text);
  }
  void TearDown() override {
    ServerTest::TearDown();
    log::configure(log::Level::off, log::Format::text);
  }

  /// Waits until all of these are in the log.
  void expect_logged(const std::vector<std::string>& words) {
    for (const std::string& word : words)
      await([&] { return errors.text().find(word) != std::string::npos; }, "\"" + word + "\" in:\n" + errors.text());
  }
  std::size_t count(const std::string& words) const {
    const std::string text = errors.text();
    std::size_t found = 0;
    for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++found;
    return found;
  }
  static std::string peer(WebSocketClient& client) {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    ::getsockname(client.tcp().descriptor(), reinterpret_cast<sockaddr*>(&own), &size);
    return "127.0.0.1:" + std::to_string(ntohs(own.sin_port));
  }

  const StderrCapture errors;
};

TEST_F(LogTest, a_crash_tells_topic_handler_event_client_socket_id_and_what_was_thrown) {
  script.handle_in = [](ScriptedChannel& channel, std::string_view event, const Payload&) {
    if (event == "mail") channel.self().send(1);
    if (event == "block") channel.run_blocking([] { throw std::runtime_error("no file"); });
    if (event == "out") channel.broadcast("out", {});
    if (event == "in") throw std::runtime_error("no room");
    return channel.no_reply();
  };
  script.intercept = {"out"};
  script.handle_info = [](ScriptedChannel&, const std::any&) { throw std::runtime_error("no mail"); };
  script.handle_out = [](ScriptedChannel&, std::string_view, const Payload&) { throw std::runtime_error("no way"); };
  serve_named(log::Level::info);
  WebSocketClient client = connect();
  for (const std::string event : {"in", "mail", "block", "out"}) {
    client.join("room:a");
    client.push("1", "2", "room:a", event);
    EXPECT_FRAME(client, R"(["1","1","room:a","phx_error",{"reason":"channel_crash"}])");
  }
  const std::string who = " of client " + peer(client) + ", socket id user:7: ";
  expect_logged({"the channel of \"room:a\" crashed in handle_in \"in\"" + who + "no room\n",
                 "the channel of \"room:a\" crashed in handle_info" + who + "no mail\n",
                 "the channel of \"room:a\" crashed in run_blocking" + who + "no file\n",
                 "the channel of \"room:a\" crashed in handle_out out" + who + "no way\n"});
}

TEST_F(LogTest, a_crash_in_join_or_terminate_tells_the_client_too) {
  script.join = [](ScriptedChannel& channel, const Payload&) {
    if (channel.topic() == "room:bad") throw std::runtime_error("no key");
    return channel.ok();
  };
  script.terminate = [](ScriptedChannel&, server::TerminateReason) { throw std::runtime_error("no end"); };
  serve_named(log::Level::info);
  WebSocketClient client = connect();
  client.push("1", "1", "room:bad", "phx_join");
  client.next_text();
  client.join("room:a");
  client.push("1", "2", "room:a", "phx_leave");
  const std::string who = " client " + peer(client) + ", socket id user:7";
  expect_logged({"the join of \"room:bad\" by" + who + " crashed: no key\n",
                 "terminate() of \"room:a\" of" + who + " threw: no end\n"});
}

TEST_F(LogTest, a_long_topic_leaves_room_for_what_was_thrown) {
  script.handle_in = [](ScriptedChannel&, std::string_view, const Payload&) -> server::HandleResult {
    throw std::runtime_error("no room");
  };
  serve_named(log::Level::info);
  WebSocketClient client = connect();
  const std::string topic = "room:" + std::string(3000, 'x');
  client.join(topic);
  client.push("1", "2", topic, std::string(3000, 'y'));
  expect_logged({"yyy... of client 127.0.0.1:", ", socket id user:7: no room\n"});
}

TEST_F(LogTest, at_level_debug_it_shows_what_clients_do) {
  script.join = [](ScriptedChannel& channel, const Payload&) {
    return channel.topic() == "room:full" ? channel.error() : channel.ok();
  };
  serve_named(log::Level::debug);
  WebSocketClient client = connect(kTarget + "&name=ann&token=hush");
  client.push("1", "1", "room:a", "phx_join", R"({"pass":1,"Password":"hush"})");
  client.push("1", "2", "room:a", "shout", R"({"text":"hi","deep":[{"accessToken":"hush"}]})");
  client.push("2", "3", "room:full", "phx_join", R"({"secret":"hush"})");
  EXPECT_EQ(connect(kTarget + "&refuse=1").status(), 403);
  const std::string who = "us: client " + peer(client) + ", socket id user:7, parameters ";
  expect_logged(
      {"us: client " + peer(client) +
           R"(, transport websocket, serializer V2, parameters {"vsn":"2.0.0","name":"ann","token":"[FILTERED]"})",
       "CONNECTED TO /socket/websocket in ", "JOINED \"room:a\" in ", who + R"({"pass":1,"Password":"[FILTERED]"})",
       R"(HANDLED "shout" INCOMING ON "room:a" in )", who + R"({"text":"hi","deep":[{"accessToken":"[FILTERED]"}]})",
       "REFUSED JOIN OF \"room:full\" in ", who + R"({"secret":"[FILTERED]"})",
       "REFUSED CONNECTION TO /socket/websocket in ", R"({"vsn":"2.0.0","refuse":"1"})"});
  EXPECT_EQ(count("hush"), 0u) << errors.text();
}

TEST_F(LogTest, which_parameters_are_filtered_is_configured) {
  endpoint_options.filter_parameters = {"card"};
  serve_named(log::Level::debug);
  WebSocketClient client = connect();
  client.join("room:a");
  client.push("1", "2", "room:a", "pay", R"({"creditCard":"1234","token":"5678"})");
  expect_logged({R"({"creditCard":"[FILTERED]","token":"5678"})"});
}

TEST_F(LogTest, of_bytes_and_of_much_it_shows_only_the_size) {
  serve_named(log::Level::debug);
  WebSocketClient client = connect();
  client.join("room:a");
  client.binary(std::string("\x00\x01\x01\x06\x04", 5) + "12room:ablob" + "\x01\x02\x03");
  client.push("1", "3", "room:a", "long", "{\"text\":\"" + std::string(20'000, 'x') + "\"}");
  expect_logged(
      {R"(HANDLED "blob" INCOMING ON "room:a" in )", "parameters of 3 bytes\n", "parameters of 20011 bytes\n"});
}

TEST_F(LogTest, a_token_in_the_path_is_not_shown) {
  serve_named(log::Level::debug, [](server::Endpoint& endpoint) {
    endpoint.socket("/user/:token", [] { return std::make_unique<NamedSocket>(); });
  });
  EXPECT_EQ(connect("/user/s3cret/websocket?vsn=2.0.0").status(), 101);
  EXPECT_EQ(connect("/user/s3cret/websocket?vsn=2.0.0&throw=1").status(), 500);
  expect_logged({"CONNECTED TO /user/:token/websocket in ", "connect() of the socket /user/:token/websocket threw"});
  EXPECT_EQ(errors.text().find("s3cret"), std::string::npos) << errors.text();
}

TEST_F(LogTest, above_level_debug_it_shows_no_payloads) {
  serve_named(log::Level::info);
  WebSocketClient client = joined("room:a");
  client.push("1", "2", "room:a", "shout", R"({"text":"hi"})");
  client.next_text();
  EXPECT_EQ(errors.text(), "");
}

TEST_F(LogTest, a_flood_is_ten_lines_a_second_and_a_count) {
  serve_named(log::Level::info);
  WebSocketClient client = connect();
  const std::string topic(900, 'x');
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) {
    client.push("1", "1", topic, "phx_join");
    client.next_text();
  }
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count();
  const std::size_t lines = count("ignoring a join of the unmatched topic \"xxx");
  EXPECT_GE(lines, 10u);
  EXPECT_LE(lines, 10u * static_cast<std::size_t>(seconds));
  // By the next line of its kind, or when the flood has ended.
  await(
      [&] {
        return errors.text().find("like it left out)") != std::string::npos ||
               errors.text().find("more lines like this were left out: ignoring a join") != std::string::npos;
      },
      "how many lines were left out");
}

TEST_F(LogTest, what_a_stranger_writes_is_one_harmless_line) {
  serve_named(log::Level::info);
  WebSocketClient client = connect();
  client.push("1", "1", "a\u009b31m\u202e", "phx_join");
  EXPECT_EQ(connect(kTarget, {{"Origin", "http://\xff\x9b"}}).status(), 403);
  expect_logged({R"(topic "a\u009b31m\u202e" by)", "from the origin http://\ufffd\ufffd: "});
}

}  // namespace
}  // namespace suzaku::test
