// The examples of the client and of the bridge do what they say, against real servers.
#include <any>
#include <csignal>
#include <string>

#include <gtest/gtest.h>

#include <suzaku/server.hpp>

#include "example.hpp"
#include "program/child.hpp"
#include "support/client.hpp"

namespace suzaku::test {
namespace {

class ClientExample : public testing::Test {
 protected:
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(server_.port()) + "/socket"; }
  WebSocketClient somebody() const {
    WebSocketClient client(server_.port());
    client.join("room:lobby");
    return client;
  }
  static ChildOptions program(const std::string& name) {
    return {.program = std::string(SUZAKU_EXAMPLES) + "/" + name};
  }
  static void say(WebSocketClient& client, const std::string& text) {
    client.push("1", "2", "room:lobby", "shout", R"({"text":")" + text + R"("})");
  }

 private:
  const Example server_{"chat_server"};
};

TEST_F(ClientExample, listen_prints_what_is_said_until_it_is_told_to_end) {
  Child listen({url(), "room:lobby"}, program("listen"));
  listen.errors_until("joined");
  WebSocketClient client = somebody();
  say(client, "hi");
  listen.output_until("shout {\"text\":\"hi\"}\n");
  listen.signal(SIGTERM);
  EXPECT_EQ(listen.exit_code(), 0);
}

TEST_F(ClientExample, push_and_wait_prints_the_reply) {
  Child good({url(), "room:lobby", "shout", R"({"text":"hi"})"}, program("push_and_wait"));
  EXPECT_EQ(good.exit_code(), 0);
  EXPECT_EQ(good.output(), "ok {}\n");
  Child bad({url(), "room:lobby", "whisper"}, program("push_and_wait"));
  EXPECT_EQ(bad.exit_code(), 1);
  EXPECT_EQ(bad.output(), "error {\"reason\":\"unknown event\"}\n");
}

TEST_F(ClientExample, coroutine_says_hello_answers_and_ends) {
  WebSocketClient client = somebody();
  Child coroutine({url(), "room:lobby"}, program("coroutine"));
  const auto hears = [&](const std::string& text) {
    while (client.next_text().find('"' + text + '"') == std::string::npos) {
    }
  };
  hears("hello");
  say(client, "ping");
  hears("pong");
  say(client, "bye");
  EXPECT_EQ(coroutine.exit_code(), 0);
  EXPECT_EQ(coroutine.output(), "\"hello\"\n\"ping\"\n\"pong\"\n\"bye\"\n");
}

TEST_F(ClientExample, game_loop_sees_its_own_moves) {
  Child game({url(), "room:lobby", "5"}, program("game_loop"));
  EXPECT_EQ(game.exit_code(), 0);
  EXPECT_EQ(game.output(), "saw 5 moves\n");
}

TEST_F(ClientExample, agents_act_on_what_is_said) {
  Child agents({url()}, program("agents"));
  agents.output_until("2 suzaku.channel.joined");
  WebSocketClient client = somebody();
  say(client, "hi");
  agents.output_until("3 suzaku.chat.room_lobby.shout {\"text\":\"hi\"}\n");
  agents.signal(SIGTERM);
  EXPECT_EQ(agents.exit_code(), 0);
  EXPECT_NE(agents.output().find("suzaku.connection.disconnected"), std::string::npos) << agents.output();
}

/// What a channel with Phoenix.Presence sends: ann is there, bob comes, ann goes.
class Attended : public server::Channel {
 public:
  server::JoinResult join(std::string_view, const Payload&) override {
    self().send(0);
    return ok();
  }
  void handle_info(const std::any&) override {
    push("presence_state", Payload::from_text(R"({"ann":{"metas":[{"phx_ref":"1"}]}})"));
    push("presence_diff", Payload::from_text(R"({"joins":{"bob":{"metas":[{"phx_ref":"2"}]}},"leaves":{}})"));
    push("presence_diff", Payload::from_text(R"({"joins":{},"leaves":{"ann":{"metas":[{"phx_ref":"1"}]}}})"));
  }
};

TEST(ClientExamples, presence_tells_who_comes_and_goes) {
  server::Endpoint endpoint{{.host = "127.0.0.1", .port = 0, .loops = 1}};
  endpoint.socket("/socket").channel<Attended>("room:*");
  ASSERT_TRUE(endpoint.start());
  Child presence({"ws://127.0.0.1:" + std::to_string(endpoint.port()) + "/socket", "room:lobby"},
                 {.program = SUZAKU_EXAMPLES "/presence"});
  EXPECT_EQ(presence.output_until("ann went\n1 here\n"), "ann came\n1 here\nbob came\n2 here\nann went\n1 here\n");
}

}  // namespace
}  // namespace suzaku::test
