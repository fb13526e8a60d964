// Who is let in: subprotocols, auth tokens, and what connect() knows and decides.

#include "admission_test.hpp"

#include <stdexcept>
#include <utility>

namespace suzaku::test {
namespace {

const std::string kToken = "base64url.bearer.phx.";

TEST_F(AdmissionTest, the_servers_order_of_subprotocols_wins) {
  socket_options.subprotocols = {"sip", "mqtt"};
  serve();
  EXPECT_EQ(offering("mqtt, sip").header("sec-websocket-protocol"), "sip");
  EXPECT_EQ(offering("other, mqtt").header("sec-websocket-protocol"), "mqtt");
  EXPECT_FALSE(connect().header("sec-websocket-protocol"));
  EXPECT_EQ(connect().status(), 101);
  for (const char* offer : {"other", "SIP", ""}) EXPECT_EQ(offering(offer).status(), 403) << offer;
}

TEST_F(AdmissionTest, without_subprotocols_an_offer_is_ignored) {
  serve();
  WebSocketClient client = offering("sip");
  EXPECT_EQ(client.status(), 101);
  EXPECT_FALSE(client.header("sec-websocket-protocol"));
}

TEST_F(AdmissionTest, an_auth_token_reaches_connect) {
  socket_options.auth_token = true;
  note_info();
  serve();
  const std::pair<std::string, std::string> table[] = {
      {"phoenix, " + kToken + "MTIzNA", "1234"},
      {kToken + "MTIzNA==, phoenix", "1234"},
      {"phoenix, " + kToken + "-_8", "\xfb\xff"},
      {"phoenix, " + kToken + "+/8", "\xfb\xff"},
      {"phoenix, " + kToken, ""},
  };
  for (const auto& [offer, token] : table) {
    WebSocketClient client = offering(offer);
    EXPECT_EQ(client.status(), 101) << offer;
    EXPECT_EQ(client.header("sec-websocket-protocol"), "phoenix") << offer;
    EXPECT_EQ(info.auth_token, token) << offer;
  }
}

TEST_F(AdmissionTest, an_auth_token_may_come_alone_or_not_at_all_but_not_twice) {
  socket_options.auth_token = true;
  note_info();
  serve();
  WebSocketClient alone = offering(kToken + "MTIzNA");
  EXPECT_EQ(alone.status(), 101);
  EXPECT_FALSE(alone.header("sec-websocket-protocol"));
  EXPECT_EQ(info.auth_token, "1234");

  EXPECT_EQ(offering("phoenix").status(), 101);
  EXPECT_EQ(info.auth_token, std::nullopt);
  EXPECT_EQ(connect().status(), 101);

  WebSocketClient twice = offering("phoenix, " + kToken + "MTIzNA, " + kToken + "MTIzNA");
  EXPECT_EQ(twice.status(), 101);
  EXPECT_EQ(twice.header("sec-websocket-protocol"), "phoenix");
  EXPECT_EQ(info.auth_token, std::nullopt);

  EXPECT_EQ(offering("foo, " + kToken + "MTIzNA").status(), 403);
  EXPECT_EQ(offering("phoenix, " + kToken + "!!").status(), 400) << "Phoenix answers 500";
}

TEST_F(AdmissionTest, without_the_option_an_auth_token_is_ignored) {
  note_info();
  serve();
  WebSocketClient client = offering("phoenix, " + kToken + "MTIzNA");
  EXPECT_EQ(client.status(), 101);
  EXPECT_FALSE(client.header("sec-websocket-protocol"));
  EXPECT_EQ(info.auth_token, std::nullopt);
}

TEST_F(AdmissionTest, connect_may_refuse_with_a_status_of_its_own) {
  on_connect([](const ConnectInfo& told) {
    return told.param("busy") ? server::ConnectResult{.accepted = false, .status = 429, .body = "later"}
                              : server::ConnectResult{.accepted = false, .status = 403, .body = {}};
  });
  serve();
  WebSocketClient busy = connect(kTarget + "&busy=1");
  EXPECT_EQ(busy.status(), 429);
  EXPECT_EQ(busy.body(), "later");
  WebSocketClient plain = connect(kTarget);
  EXPECT_EQ(plain.status(), 403);
  EXPECT_EQ(plain.body(), "");
}

TEST_F(AdmissionTest, a_throwing_connect_answers_500_and_harms_nobody_else) {
  on_connect([](const ConnectInfo& told) -> server::ConnectResult {
    if (told.param("throw")) throw std::runtime_error("no");
    return {};
  });
  serve();
  WebSocketClient other = joined("room:a");
  EXPECT_EQ(connect(kTarget + "&throw=1").status(), 500);
  expect_nothing_waits(other);
}

TEST_F(AdmissionTest, a_throwing_id_answers_500) {
  class Nameless : public server::UserSocket {
    std::string id() const override { throw std::runtime_error("no name"); }
  };
  socket_factory = [] { return std::make_unique<Nameless>(); };
  serve();
  EXPECT_EQ(connect().status(), 500);
  EXPECT_EQ(connect().status(), 500) << "the server lives on";
}

TEST_F(AdmissionTest, connect_knows_the_client) {
  note_info();
  serve();
  connect("/socket//websocket?vsn=2.0.0&user=eva&list[]=1", {{"Host", "chat.example.com:4000"},
                                                             {"User-Agent", "tester/1"},
                                                             {"X-Forwarded-For", "192.0.2.1"},
                                                             {"X-Twice", "a"},
                                                             {"traceparent", "00-1-2-01"},
                                                             {"Sec-WebSocket-Extensions", "foo; bar"}});
  EXPECT_EQ(info.peer_address, "127.0.0.1");
  EXPECT_GT(info.peer_port, 1024);
  EXPECT_FALSE(info.secure);
  EXPECT_EQ(info.host, "chat.example.com:4000");
  EXPECT_EQ(info.path, "/socket//websocket");
  EXPECT_EQ(info.query, "vsn=2.0.0&user=eva&list[]=1");
  EXPECT_EQ(info.param("user"), "eva");
  EXPECT_EQ(info.param("list"), std::nullopt);
  EXPECT_EQ(info.param("none"), std::nullopt);
  EXPECT_EQ(Json(info.params).at("list"), json(R"(["1"])"));
  for (const auto& [name, value] : {std::pair{"user-agent", "tester/1"},
                                    {"x-forwarded-for", "192.0.2.1"},
                                    {"x-twice", "a"},
                                    {"traceparent", "00-1-2-01"},
                                    {"sec-websocket-extensions", "foo; bar"}}) {
    ASSERT_NE(info.header(name), nullptr) << name;
    EXPECT_EQ(*info.header(name), value);
  }
  EXPECT_EQ(info.header("cookie"), nullptr);
}

}  // namespace
}  // namespace suzaku::test
