#include "daemon_test.hpp"

#include <atomic>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace suzaku::daemon {
namespace {

TEST_F(DaemonTest, routes_messages_of_connections_to_agents) {
  start();
  await_joined("one", 1);
  await_joined("two", 1);
  EXPECT_EQ(ask({{"command", "push"},
                 {"connection", "one"},
                 {"topic", "room:1"},
                 {"event", "shout"},
                 {"payload", {{"n", 1}}}}),
            (Json{{"ok", true}, {"result", {{"status", "ok"}, {"response", JsonObject()}}}}));
  await_in("all", "suzaku.one.room_1.shout");
  await_in("all", "suzaku.two.room_1.shout");
  await_in("cat", R"("data":{"n":1})");
  daemon->stop();
  EXPECT_EQ(scratch.read("cat").find("two"), std::string::npos);
}

TEST_F(DaemonTest, a_reload_touches_only_what_has_changed) {
  start();
  await_joined("one", 1);
  await_joined("two", 1);
  const Json one = connection("one");
  const Json cat = agent("cat");

  replace(yaml, "two: {url: \"${URL}\", channels: [room:1]", "two: {url: \"${URL}\", channels: [room:1, room:2]");
  replace(yaml, "path: \"${FOLDER}all\"", "path: \"${FOLDER}all_2\"");
  replace(yaml, "agents:", "  three: {url: \"${URL}\", channels: [room:1]}\nagents:");
  const auto changes = daemon->reload();
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_EQ(changes->added, std::vector<std::string>{"connection three"});
  EXPECT_EQ(changes->changed, (std::vector<std::string>{"connection two", "agent all"}));
  EXPECT_TRUE(changes->removed.empty());
  EXPECT_TRUE(changes->failed.empty());
  await_joined("two", 2);
  await_joined("three", 1);
  EXPECT_EQ(connection("one").at("since"), one.at("since"));
  EXPECT_EQ(connection("one").at("metrics").at("connects"), 1);
  EXPECT_EQ(agent("cat").at("pid"), cat.at("pid"));
  await_in("all_2", "suzaku.channel.joined");

  replace(yaml, "  - {from: suzaku.one.*.shout, to: cat}\n", "");
  replace(yaml, "  cat: {sink: command, command: [sh, -c, \"cat >> ${FOLDER}cat\"]}\n", "");
  const auto again = daemon->reload();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->removed, std::vector<std::string>{"agent cat"});
  EXPECT_THROW(agent("cat"), std::runtime_error);
  EXPECT_EQ(connection("two").at("metrics").at("connects"), 1);
}

TEST_F(DaemonTest, a_configuration_with_mistakes_changes_nothing) {
  start();
  await_joined("one", 1);
  replace(yaml, "agents:", "  three: {urll: \"${URL}\"}\nagents:");
  const Json refused = ask({{"command", "reload"}});
  EXPECT_EQ(refused.at("ok"), false);
  EXPECT_NE(std::string(refused.at("error").as_string()).find("bridge.yaml:5:"), std::string::npos) << refused;
  EXPECT_EQ(connection("one").at("metrics").at("connects"), 1);
  EXPECT_EQ(daemon->status().at("connections").as_array().size(), 2U);
}

TEST_F(DaemonTest, a_reload_restarts_agents_that_were_given_up) {
  replace(yaml, "command: [sh, -c, \"cat >> ${FOLDER}cat\"]", "command: [sh, -c, \"exit 3\"], max_restarts: 0");
  start();
  real::await([&] { return agent("cat").at("is_running") == false; });
  const auto changes = daemon->reload();
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_EQ(changes->changed, std::vector<std::string>{"agent cat"});
}

TEST_F(DaemonTest, an_agent_that_cannot_be_started_is_named) {
  yaml += "  - {from: suzaku.one.*.shout, to: lost}\n";
  replace(yaml, "routes:", "  lost: {sink: command, command: [/no/such/program]}\nroutes:");
  daemon = make();
  const auto started = daemon->start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("agent lost: "), std::string::npos) << started.error().message;
  EXPECT_NE(started.error().message.find("/no/such/program"), std::string::npos) << started.error().message;
}

TEST_F(DaemonTest, an_agent_that_cannot_be_restarted_stops_no_other) {
  start();
  await_joined("one", 1);
  yaml += "  - {from: suzaku.one.*.shout, to: lost}\n";
  replace(yaml, "routes:", "  lost: {sink: command, command: [/no/such/program]}\nroutes:");
  const auto changes = daemon->reload();
  ASSERT_TRUE(changes) << changes.error().message;
  ASSERT_EQ(changes->failed.size(), 1U);
  EXPECT_TRUE(changes->failed.front().starts_with("agent lost: ")) << changes->failed.front();
  EXPECT_EQ(agent("all").at("is_running"), true);
  EXPECT_EQ(daemon->reload()->failed, changes->failed);  // the start is tried again
}

TEST_F(DaemonTest, connections_are_stopped_and_started_by_name) {
  start();
  await_joined("one", 1);
  EXPECT_EQ(ask({{"command", "stop"}, {"connection", "one"}}).at("ok"), true);
  EXPECT_EQ(connection("one"), (Json{{"name", "one"}, {"status", "stopped"}}));
  EXPECT_EQ(ask({{"command", "stop"}, {"connection", "one"}}).at("error"), "the connection \"one\" is stopped already");
  EXPECT_EQ(ask({{"command", "leave"}, {"connection", "one"}, {"topic", "room:1"}}).at("error"),
            "the connection \"one\" was stopped");
  EXPECT_EQ(ask({{"command", "start"}, {"connection", "one"}}).at("ok"), true);
  await_joined("one", 1);
  EXPECT_EQ(ask({{"command", "start"}, {"connection", "one"}}).at("error"),
            "the connection \"one\" is running already");
  EXPECT_EQ(ask({{"command", "start"}, {"connection", "none"}}).at("error"),
            "the configuration has no connection \"none\"");
}

TEST_F(DaemonTest, channels_are_joined_and_left_by_name) {
  start();
  await_joined("one", 1);
  const Json join{{"command", "join"}, {"connection", "one"}, {"topic", "room:9"}, {"params", {{"user", "ada"}}}};
  EXPECT_EQ(ask(join).at("result").at("response").at("params"), (Json{{"user", "ada"}}));
  await_joined("one", 2);
  EXPECT_EQ(ask({{"command", "leave"}, {"connection", "one"}, {"topic", "room:9"}}).at("ok"), true);
  await_joined("one", 1);
  const Json refused = ask({{"command", "join"}, {"connection", "one"}, {"topic", "room:forbidden"}});
  EXPECT_EQ(refused.at("result").at("status"), "error");
  const Json not_joined = ask({{"command", "push"}, {"connection", "one"}, {"topic", "room:9"}, {"event", "shout"}});
  EXPECT_EQ(not_joined.at("ok"), false);
}

TEST_F(DaemonTest, invalid_requests_are_answered_with_the_reason) {
  start();
  for (const std::string request :
       {"", "x", "[]", "{}", R"({"command":7})", R"({"command":"dance"})", R"({"command":"start"})",
        R"({"command":"join","connection":"one"})", R"({"command":"push","connection":"one","topic":"room:1"})",
        R"({"command":"push","connection":"one","topic":"","event":"e"})",
        R"({"command":"push","connection":"one","topic":"room:1","event":"e","payload":[1]})",
        R"({"command":"join","connection":"one","topic":"room:1","params":7})",
        R"({"command":"stop","connection":["one"]})"}) {
    const Json answered = boost::json::parse(answer(*daemon, request));
    EXPECT_EQ(answered.at("ok"), false) << request;
    EXPECT_FALSE(answered.at("error").as_string().empty()) << request;
  }
}

TEST_F(DaemonTest, a_stop_lets_agents_finish) {
  start();
  await_joined("one", 1);
  await_joined("two", 1);
  daemon->stop();
  const std::string all = scratch.read("all");
  for (const auto* const type : {"suzaku.channel.left", "suzaku.connection.disconnected"})
    for (const auto* const name : {"one", "two"})
      EXPECT_NE(all.find(std::string(R"("type":")") + type), std::string::npos) << name << all;
  EXPECT_EQ(ask({{"command", "start"}, {"connection", "one"}}).at("error"), "the bridge is about to end");
  EXPECT_EQ(ask({{"command", "reload"}}).at("error"), "the bridge is about to end");
}

TEST_F(DaemonTest, a_slow_agent_delays_neither_others_nor_the_socket) {
  replace(yaml, "sh, -c, \"cat >> ${FOLDER}cat\"", "sleep, \"1000\"");
  yaml += "stop_deadline: 100ms\n";
  start();
  await_joined("one", 1);
  constexpr int kMessages = 2'000;  // many more than fit into a pipe
  const std::string text(200, 'x');
  const auto connection = daemon->connection("one");
  ASSERT_TRUE(connection);
  for (int i = 0; i < kMessages; ++i) {
    const Json reply = ask({{"command", "push"},
                            {"connection", "one"},
                            {"topic", "room:1"},
                            {"event", "shout"},
                            {"payload", {{"n", i}, {"text", text}}}});
    ASSERT_EQ(reply.at("ok"), true) << reply;
  }
  await_in("all", "\"data\":{\"n\":" + std::to_string(kMessages - 1) + ",");
  EXPECT_GT(agent("cat").at("waiting").to_number<int>(), 0);
  EXPECT_EQ(agent("all").at("dropped"), 0);
}

TEST_F(DaemonTest, parked_signals_are_retried_or_dropped_by_request) {
  std::atomic<bool> is_mended{false};
  test::HttpReceiver receiver([&](const http::Request& request) {
    const bool is_bad = request.body.find("\"n\":1") != std::string::npos;
    return test::HttpReceiver::status(is_bad && !is_mended ? 500 : 200);
  });
  yaml += "  - {from: suzaku.one.*.shout, to: hook}\n";
  replace(yaml, "routes:",
          "  hook: {sink: webhook, url: \"" + receiver.url() +
              "\", spool: \"${FOLDER}hook.db\", max_attempts: 2, retry: {first: 1ms, max: 1ms}}\nroutes:");
  start();
  await_joined("one", 1);
  for (const int n : {1, 2})
    ask({{"command", "push"}, {"connection", "one"}, {"topic", "room:1"}, {"event", "shout"}, {"payload", {{"n", n}}}});
  real::await([&] { return agent("hook").at("parked") == 1 && agent("hook").at("delivered") == 1; });
  is_mended = true;
  EXPECT_EQ(ask({{"command", "webhook"}, {"action", "retry"}, {"agent", "hook"}}),
            (Json{{"ok", true}, {"result", {{"retried", 1}}}}));
  real::await([&] { return agent("hook").at("delivered") == 2; });
  EXPECT_EQ(ask({{"command", "webhook"}, {"action", "drop"}, {"agent", "hook"}}),
            (Json{{"ok", true}, {"result", {{"dropped", 0}}}}));
  EXPECT_EQ(ask({{"command", "webhook"}, {"action", "drop"}, {"agent", "cat"}}).at("error"),
            "the agent \"cat\" is no webhook, or does not run");
  EXPECT_EQ(ask({{"command", "webhook"}, {"action", "drop"}, {"agent", "none"}}).at("error"),
            "there is no agent \"none\"");
  EXPECT_EQ(ask({{"command", "webhook"}, {"action", "wait"}, {"agent", "hook"}}).at("error"),
            "found \"wait\" as \"action\", expected retry or drop");
  daemon->stop();
}

TEST_F(DaemonTest, waiting_counts_the_queue_of_an_agent_and_the_signals_in_its_sink) {
  replace(yaml, "sh, -c, \"cat >> ${FOLDER}cat\"]", "sleep, \"1000\"], grace: 10ms");
  yaml += "stop_deadline: 100ms\n";
  start();
  await_joined("one", 1);
  const std::string text(100'000, 'x');
  for (int i = 0; i < 20; ++i)  // more than a batch
    ask({{"command", "push"},
         {"connection", "one"},
         {"topic", "room:1"},
         {"event", "shout"},
         {"payload", {{"t", text}}}});
  await_in("all", R"("phoenixevent":"phx_reply")");
  real::await([&] { return agent("cat").at("waiting") == 20; });
  EXPECT_GT(agent("cat").at("waiting_bytes").to_number<int>(), 100'000);
}

TEST_F(DaemonTest, a_program_that_does_not_read_takes_no_more_memory_than_its_queue) {
  replace(yaml, "sh, -c, \"cat >> ${FOLDER}cat\"]", "sleep, \"1000\"], grace: 10ms, max_queue_size: 1MB");
  yaml += "stop_deadline: 100ms\n";
  start();
  await_joined("one", 1);
  const std::string text(100'000, 'x');
  for (int i = 0; i < 50; ++i)
    ask({{"command", "push"},
         {"connection", "one"},
         {"topic", "room:1"},
         {"event", "shout"},
         {"payload", {{"t", text}}}});
  real::await([&] { return agent("cat").at("dropped").to_number<int>() >= 25; });
  EXPECT_LE(agent("cat").at("waiting_bytes").to_number<int>(), 1'000'000);
}

TEST_F(DaemonTest, nothing_is_changed_before_it_has_started) {
  daemon = make();
  EXPECT_EQ(ask({{"command", "reload"}}).at("error"), "the bridge has not started yet");
  EXPECT_EQ(ask({{"command", "start"}, {"connection", "one"}}).at("error"), "the bridge has not started yet");
  const auto started = daemon->start();
  EXPECT_TRUE(started) << started.error().message;
}

TEST_F(DaemonTest, hides_secrets_in_all_texts_of_an_answer_and_nothing_else) {
  replace(yaml, "proxy: \"\"", "proxy: \"\", params: {token: 'to\"ken\\secret', password: result}");
  start();
  await_joined("one", 1);
  const Json echo{{"command", "push"},
                  {"connection", "one"},
                  {"topic", "room:1"},
                  {"event", "echo"},
                  {"payload", {{"tokens", {"to\"ken\\secret"}}}}};
  EXPECT_EQ(ask(echo).at("result").at("response"), (Json{{"tokens", {"[redacted]"}}}));
}

TEST_F(DaemonTest, shows_no_secrets) {
  // The server answers this with 404, and repeats the URL.
  replace(yaml, "two: {url: \"${URL}\"", "two: {url: \"${URL}/nowhere?key=open-sesame\"");
  replace(yaml, "channels: [room:1]",
          "params: {token: \"file:${FOLDER}secret\"}, headers: {authorization: hush-hush}, auth_token: hush-hush, "
          "channels: [room:1]");
  std::ofstream(scratch.file("secret")) << "whispered";
  start();
  await_joined("one", 1);
  real::await([&] { return connection("two").at("attempt").to_number<int>() > 1; });
  EXPECT_EQ(connection("two").at("given_up"), false);
  const std::string status = boost::json::serialize(ask({{"command", "status"}}));
  EXPECT_NE(status.find("/nowhere"), std::string::npos);
  for (const auto* const secret : {"hush-hush", "open-sesame", "whispered"})
    EXPECT_EQ(status.find(secret), std::string::npos) << status;
  EXPECT_EQ(daemon->hide("whispered"), "[redacted]");
}

}  // namespace
}  // namespace suzaku::daemon
