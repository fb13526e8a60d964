// suzaku listen
#include <csignal>
#include <future>
#include <memory>
#include <stdexcept>

#include <suzaku/server.hpp>

#include "client/real/served_phoenix.hpp"
#include "program.hpp"
#include "support/inbox.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::test {
namespace {

/// A room in which nothing happens but what the test broadcasts.
class QuietRoom final : public server::Channel {
 public:
  JoinResult join(std::string_view, const Payload&) override { return ok(); }
};

class Rooms {
 public:
  Rooms() : endpoint_({.host = "127.0.0.1", .port = 0, .loops = 1}) {
    endpoint_.socket("/socket").channel<QuietRoom>("room:*");
    if (const auto started = endpoint_.start(); !started) throw std::runtime_error(started.error().message);
  }
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(endpoint_.port()) + "/socket"; }
  void say(const std::string& topic, const std::string& event, const std::string& payload) {
    endpoint_.broadcast(topic, event, Payload::from_text(payload));
  }
  void say_bytes(const std::string& topic, const std::string& event, const std::string& bytes) {
    endpoint_.broadcast(topic, event, Payload::binary(bytes));
  }

 private:
  server::Endpoint endpoint_;
};

/// What is printed of a text.
std::string line_of(const std::string& text) {
  return R"({"topic":"room:lobby","event":"shout","payload":{"text":")" + text + "\"}}\n";
}

TEST(Listen, PrintsAMessageALineAsItCame) {
  Rooms rooms;
  Child listener({"listen", rooms.url(), "room:lobby", "--count", "2"});
  listener.errors_until("suzaku: joined room:lobby\n");
  rooms.say("room:lobby", "shout", "{\"id\":12345678901234567890,\n \"text\":\"h\u00e9\"}");
  rooms.say_bytes("room:lobby", "image", std::string("\x00\x01\xff", 3));
  EXPECT_EQ(listener.exit_code(), 0);
  EXPECT_EQ(listener.output(),
            "{\"topic\":\"room:lobby\",\"event\":\"shout\",\"payload\":{\"id\":12345678901234567890,  "
            "\"text\":\"h\u00e9\"}}\n"
            "{\"topic\":\"room:lobby\",\"event\":\"image\",\"payload\":{\"binary\":\"AAH/\"}}\n");
}

TEST(Listen, TakesSeveralTopicsAndOnlyTheEventsItIsAskedFor) {
  Rooms rooms;
  Child listener({"listen", rooms.url(), "room:1", "room:2", "room:1", "--event", "a", "--event", "b", "--count", "2"});
  listener.errors_until("joined room:1");
  listener.errors_until("joined room:2");
  rooms.say("room:1", "c", "{}");
  rooms.say("room:1", "a", "{}");
  listener.output_until("\n");
  rooms.say("room:2", "b", "{}");
  EXPECT_EQ(listener.exit_code(), 0);
  EXPECT_EQ(listener.output(),
            "{\"topic\":\"room:1\",\"event\":\"a\",\"payload\":{}}\n"
            "{\"topic\":\"room:2\",\"event\":\"b\",\"payload\":{}}\n");
}

TEST(Listen, SaysWhoComesAndGoes) {
  Rooms rooms;
  Child listener({"listen", rooms.url(), "room:lobby", "--presence", "--count", "5"});
  listener.errors_until("joined");
  rooms.say("room:lobby", "presence_state", R"({"ann":{"metas":[{"phx_ref":"1"}]}})");
  rooms.say("room:lobby", "presence_diff", R"({"joins":{"ann":{"metas":[{"phx_ref":"2"}]}},"leaves":{}})");
  rooms.say("room:lobby", "presence_diff", R"({"joins":{},"leaves":{"ann":{"metas":[{"phx_ref":"1"}]}}})");
  rooms.say("room:lobby", "presence_diff", R"({"joins":{},"leaves":{"ann":{"metas":[{"phx_ref":"2"}]}}})");
  rooms.say("room:lobby", "shout", "{}");
  EXPECT_EQ(listener.exit_code(), 0);
  const auto line = [](const std::string& what, const std::string& ref, int left) {
    return "{\"presence\":\"" + what +
           "\",\"topic\":\"room:lobby\",\"key\":\"ann\",\"entry\":{\"metas\":[{\"phx_ref\":\"" + ref +
           "\"}]},\"connections\":" + std::to_string(left) + "}\n";
  };
  EXPECT_EQ(listener.output(), line("join", "1", 1) + line("join", "2", 2) + line("leave", "1", 1) +
                                   line("leave", "2", 0) +
                                   "{\"topic\":\"room:lobby\",\"event\":\"shout\",\"payload\":{}}\n");
}

TEST(Listen, TellsAJoinOnceThatTheStateHoldsAlready) {
  Rooms rooms;
  Child listener({"listen", rooms.url(), "room:lobby", "--presence", "--count", "2"});
  listener.errors_until("joined");
  rooms.say("room:lobby", "presence_state", R"({"ann":{"metas":[{"phx_ref":"1"}]}})");
  rooms.say("room:lobby", "presence_diff", R"({"joins":{"ann":{"metas":[{"phx_ref":"1"}]}},"leaves":{}})");
  rooms.say("room:lobby", "presence_diff", R"({"joins":{},"leaves":{"ann":{"metas":[{"phx_ref":"0"}]}}})");
  EXPECT_EQ(listener.exit_code(), 0);
  const auto lines = json_lines(listener.output());
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("presence"), "join");
  EXPECT_EQ(lines[1].at("presence"), "leave");
  for (const Json& line : lines) EXPECT_EQ(line.at("connections"), 1) << line;
}

TEST(Listen, LeavesAndEndsWithZeroOnCtrlC) {
  for (const int signal : {SIGINT, SIGTERM}) {
    PhoenixServer server;
    Child listener({"listen", server.url(), "room:lobby", "--wire"});
    listener.errors_until("joined room:lobby");
    listener.signal(signal);
    EXPECT_EQ(listener.exit_code(), 0);
    EXPECT_CONTAINS(listener.errors(), R"("room:lobby","phx_leave")");
    EXPECT_EQ(listener.output(), "");
  }
}

TEST(Listen, EndsAtOnceOnTheSecondCtrlC) {
  PhoenixServer server;
  Child listener({"listen", server.url(), "room:lobby", "--wire"});
  listener.errors_until("joined room:lobby");
  server.child().stop();  // it does not answer the farewell
  listener.signal(SIGINT);
  listener.errors_until("phx_leave");
  listener.signal(SIGINT);
  EXPECT_EQ(listener.exit_code(), -SIGINT);
}

TEST(Listen, EndsWhenItsTimeIsOver) {
  PhoenixServer server;
  for (const std::string time : {"0.05", "0.05s", "50ms"}) {
    const Ended ended = run({"listen", server.url(), "room:lobby", "--for", time, "--quiet"});
    EXPECT_EQ(ended.code, 0) << time;
    EXPECT_EQ(ended.output + ended.errors, "");
  }
}

TEST(Listen, EndsQuietlyWhenNobodyReadsItAnyMore) {
  PhoenixServer server;
  Child listener({"listen", server.url(), "room:lobby"});
  listener.errors_until("joined room:lobby");
  listener.close_output();
  EXPECT_EQ(listener.exit_code(), 0);
  EXPECT_EQ(listener.errors(), "suzaku: joined room:lobby\n");
}

TEST(Listen, CanBeEndedWhileItsReaderIsStuck) {
  Rooms rooms;
  Child listener({"listen", rooms.url(), "room:lobby"});
  listener.errors_until("joined room:lobby");
  const std::string page(4096 - line_of("").size(), 'x');
  for (int i = 0; i < 100; ++i) rooms.say("room:lobby", "shout", R"({"text":")" + page + "\"}");
  listener.await_stuck();
  listener.signal(SIGTERM);
  EXPECT_EQ(listener.exit_code_unread(), 0);
}

TEST(Listen, StaysConnectedWhileItsReaderIsStuck) {
  std::promise<void> stuck;
  Inbox<Received::Kind> answers;
  const ScriptedServer server([&](ServedConnection& connection) {
    client::real::ServedPhoenix phoenix(connection);
    phoenix.answer();  // the join
    const std::string page(4096 - line_of("").size(), 'x');
    for (int i = 0; i < 1'000; ++i) phoenix.tell("room:lobby", "shout", R"({"text":")" + page + "\"}");
    stuck.get_future().wait();
    phoenix.websocket().frame(ws::Opcode::ping, "still there?");
    answers.add(phoenix.websocket().next().kind);
    phoenix.answer_all();
  });
  Child listener({"listen", "ws://127.0.0.1:" + std::to_string(server.port()) + "/socket", "room:lobby"});
  listener.await_stuck();
  stuck.set_value();
  EXPECT_EQ(answers.next(), Received::Kind::pong);
  listener.signal(SIGTERM);
  EXPECT_EQ(listener.exit_code_unread(), 0);
}

TEST(Listen, GoesOnAfterTheServerHasComeBackWithRetry) {
  auto server = std::make_unique<PhoenixServer>();
  const std::uint16_t port = server->port();
  Child listener({"listen", server->url(), "room:lobby", "--retry", "--count", "1"});
  listener.errors_until("joined room:lobby");
  server->kill();
  listener.errors_until("trying again in");
  server = std::make_unique<PhoenixServer>(port);
  listener.errors_until("connected again");
  listener.errors_until("messages of room:lobby may have been missed, for ");
  EXPECT_EQ(run({"push", server->url(), "room:lobby", "shout", R"({"n":1})", "--wait"}).code, 0);
  EXPECT_EQ(listener.exit_code(), 0);
  EXPECT_EQ(listener.output(), "{\"topic\":\"room:lobby\",\"event\":\"shout\",\"payload\":{\"n\":1}}\n");
}

TEST(Listen, SpeaksSerializer1) {
  PhoenixServer server;
  Child listener({"listen", server.url(), "room:lobby", "--vsn", "1", "--wire", "--count", "1"});
  listener.errors_until("joined room:lobby");
  EXPECT_EQ(run({"push", server.url(), "room:lobby", "shout", "{}", "--vsn", "1"}).code, 0);
  EXPECT_EQ(listener.exit_code(), 0);
  EXPECT_CONTAINS(listener.errors(), "vsn=1.0.0");
}

TEST(Listen, HidesControlCharactersFromTerminals) {
  Rooms rooms;
  Child listener({"listen", rooms.url(), "room:lobby", "--count", "1"});
  listener.errors_until("joined");
  rooms.say("room:lobby", "shout", "{\"text\":\"\x7f \u009b2J\"}");
  EXPECT_EQ(listener.exit_code(), 0);
  EXPECT_CONTAINS(listener.output(), R"({"text":"\u007f \u009b2J"})");
}

}  // namespace
}  // namespace suzaku::test
