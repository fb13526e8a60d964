// The examples do what they say, over real sockets.
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "example.hpp"
#include "support/client.hpp"

namespace suzaku::test {
namespace {

boost::json::value json(std::string_view text) {
  return boost::json::parse(boost::json::string_view(text));
}
boost::json::value next_json(WebSocketClient& client) {
  return json(client.next_text());
}

#define EXPECT_FRAME(client, text) EXPECT_EQ(next_json(client), json(text))

WebSocketClient with_token(const Example& server, const std::string& token) {
  return WebSocketClient(server.port(), "/socket/websocket?vsn=2.0.0&token=" + token);
}

TEST(ChatServer, passes_a_shout_on_to_everybody_in_the_room) {
  const Example server("chat_server");
  WebSocketClient alice(server.port());
  WebSocketClient bob(server.port());
  WebSocketClient elsewhere(server.port());
  alice.join("room:lobby");
  bob.join("room:lobby");
  elsewhere.join("room:garden");

  alice.push("1", "2", "room:lobby", "shout", R"({"text":"hello"})");
  EXPECT_FRAME(bob, R"([null,null,"room:lobby","shout",{"text":"hello"}])");
  EXPECT_FRAME(alice, R"([null,null,"room:lobby","shout",{"text":"hello"}])");
  EXPECT_FRAME(alice, R"(["1","2","room:lobby","phx_reply",{"status":"ok","response":{}}])");

  elsewhere.push("1", "2", "room:garden", "shout", "{}");
  EXPECT_FRAME(elsewhere, R"([null,null,"room:garden","shout",{}])");  // and nothing before it
}

TEST(ChatServer, knows_nothing_else) {
  const Example server("chat_server");
  WebSocketClient client(server.port());
  client.join("room:lobby");
  client.push("1", "2", "room:lobby", "whisper");
  EXPECT_FRAME(client,
               R"(["1","2","room:lobby","phx_reply",{"status":"error","response":{"reason":"unknown event"}}])");
  client.push("3", "3", "house:1", "phx_join");
  EXPECT_FRAME(client,
               R"([null,"3","house:1","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}])");
}

TEST(ChatServer, ends_in_order_when_it_is_told_to) {
  Example server("chat_server");
  WebSocketClient client(server.port());
  client.join("room:lobby");
  server.terminate();
  EXPECT_EQ(client.next_close(), 1012);
  client.close(1012);
  EXPECT_EQ(server.exit_code(), 0);
}

TEST(ChatServer, says_what_is_wrong_with_its_port) {
  EXPECT_EQ(Example("chat_server", "four").exit_code(), 1);
  const Example first("chat_server");
  EXPECT_EQ(Example("chat_server", std::to_string(first.port())).exit_code(), 1);
}

TEST(CustomAuth, refuses_who_has_no_good_token) {
  const Example server("custom_auth");
  EXPECT_EQ(WebSocketClient(server.port()).status(), 403);
  EXPECT_EQ(with_token(server, "mallory-token").status(), 403);
  EXPECT_EQ(with_token(server, "bob-token").status(), 101);
}

TEST(CustomAuth, takes_the_auth_token_of_phoenix_js) {
  const Example server("custom_auth");
  WebSocketClient alice(server.port(), "/socket/websocket?vsn=2.0.0",
                        {{"Sec-WebSocket-Protocol", "phoenix, base64url.bearer.phx.YWxpY2UtdG9rZW4"}});
  EXPECT_EQ(alice.status(), 101);
  EXPECT_EQ(alice.header("sec-websocket-protocol"), "phoenix");
  alice.push("1", "1", "room:lobby", "phx_join");
  EXPECT_FRAME(alice, R"(["1","1","room:lobby","phx_reply",{"status":"ok","response":{"name":"alice"}}])");
}

TEST(CustomAuth, lets_users_into_the_lobby_and_their_own_room_only) {
  const Example server("custom_auth");
  WebSocketClient bob = with_token(server, "bob-token");
  bob.join("room:lobby");
  bob.join("room:garden");
  bob.push("1", "1", "room:staff", "phx_join");
  EXPECT_FRAME(bob, R"(["1","1","room:staff","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}])");
  with_token(server, "alice-token").join("room:staff");
}

TEST(CustomAuth, stamps_messages_with_the_name_of_their_sender) {
  const Example server("custom_auth");
  WebSocketClient alice = with_token(server, "alice-token");
  WebSocketClient bob = with_token(server, "bob-token");
  alice.join("room:lobby");
  bob.join("room:lobby");
  bob.push("1", "2", "room:lobby", "say", R"({"from":"alice","text":"it is me"})");
  EXPECT_FRAME(alice, R"([null,null,"room:lobby","said",{"from":"bob","text":"it is me"}])");
}

TEST(CustomAuth, lets_moderators_and_nobody_else_throw_people_out) {
  const Example server("custom_auth");
  WebSocketClient alice = with_token(server, "alice-token");
  WebSocketClient bob = with_token(server, "bob-token");
  WebSocketClient second_tab = with_token(server, "bob-token");
  for (WebSocketClient* client : {&alice, &bob, &second_tab}) client->join("room:lobby");

  bob.push("1", "2", "room:lobby", "kick", R"({"user":"alice"})");
  EXPECT_FRAME(bob, R"(["1","2","room:lobby","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}])");

  alice.push("1", "2", "room:lobby", "kick", R"({"user":"bob"})");
  EXPECT_FRAME(alice, R"(["1","2","room:lobby","phx_reply",{"status":"ok","response":{}}])");
  EXPECT_EQ(bob.next_close(), 1001);
  EXPECT_EQ(second_tab.next_close(), 1001);
}

TEST(HttpRoutes, what_is_said_over_http_reaches_listeners_as_events) {
  const Example server("http_routes");
  TcpClient listener(server.port());
  listener.write("GET /rooms/1/events HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n\r\n");
  EXPECT_NE(listener.read_until(": listening").find("access-control-allow-origin: https://app.example"),
            std::string::npos);
  const auto say = [&](const std::string& room, const std::string& body) {
    TcpClient client(server.port());
    client.write("POST /rooms/" + room + "/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " +
                 "application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.read_to_end();
  };
  EXPECT_NE(say("2", R"({"text":"elsewhere"})").find(R"({"said":true})"), std::string::npos);
  EXPECT_TRUE(say("1", R"({"text":"hi"})").starts_with("HTTP/1.1 202 "));
  EXPECT_NE(say("1", "[").find(R"({"error":"the body is not valid JSON"})"), std::string::npos);
  const std::string heard = listener.read_until("\n\n\r\n");
  EXPECT_EQ(heard.find("elsewhere"), std::string::npos) << heard;
  EXPECT_NE(listener.read_until("}\n\n").find("event: shout\ndata: {\"text\":\"hi\"}"), std::string::npos);
}

}  // namespace
}  // namespace suzaku::test
