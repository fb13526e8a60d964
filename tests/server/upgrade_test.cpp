// From the request to the open socket: methods, paths, parameters, versions.

#include <optional>
#include <utility>

#include "server_test.hpp"
#include "ws/frame.hpp"

namespace suzaku::test {
namespace {

using Headers = WebSocketClient::Headers;

/// A socket that refuses with what it was told, so that the answer shows it.
class TellingSocket : public server::UserSocket {
 public:
  server::ConnectResult connect(const server::ConnectInfo& info) override {
    return refuse(418, boost::json::serialize(info.params));
  }
};

class UpgradeTest : public ServerTest {
 protected:
  Json params(const std::string& target) {
    WebSocketClient client = connect(target);
    EXPECT_EQ(client.status(), 418) << target;
    return json(client.body());
  }
};

TEST_F(UpgradeTest, answers_as_rfc_6455_wants) {
  serve();
  WebSocketClient client = connect();
  EXPECT_EQ(client.status(), 101);
  EXPECT_EQ(client.header("connection"), "Upgrade");
  EXPECT_EQ(client.header("upgrade"), "websocket");
  EXPECT_EQ(client.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(client.header("cache-control"), "max-age=0, private, must-revalidate");
  EXPECT_TRUE(client.header("date"));
  EXPECT_FALSE(client.header("sec-websocket-extensions"));
}

TEST_F(UpgradeTest, says_what_is_missing_in_an_upgrade_request) {
  serve();
  const std::pair<Headers, std::string> table[] = {
      {{{"Connection", "-"}}, "'connection' header must contain 'upgrade', got []"},
      {{{"Connection", "keep-alive"}}, R"('connection' header must contain 'upgrade', got ["keep-alive"])"},
      {{{"Upgrade", "h2c"}}, R"('upgrade' header must contain 'websocket', got ["h2c"])"},
      {{{"Sec-WebSocket-Key", "-"}}, "'sec-websocket-key' header is absent"},
      {{{"Sec-WebSocket-Version", "8"}}, R"('sec-websocket-version' header must equal '13', got ["8"])"},
      {{{"Sec-WebSocket-Version", "-"}}, "'sec-websocket-version' header must equal '13', got []"},
  };
  for (const auto& [headers, body] : table) {
    WebSocketClient client = connect("/socket/websocket?vsn=2.0.0", headers);
    EXPECT_EQ(client.status(), 400) << body;
    EXPECT_EQ(client.body(), body);
  }
}

TEST_F(UpgradeTest, takes_header_values_in_any_case_and_in_lists) {
  serve();
  EXPECT_EQ(connect("/socket/websocket", {{"Connection", "keep-alive, UPGRADE"}, {"Upgrade", "WebSocket"}}).status(),
            101);
}

TEST_F(UpgradeTest, refuses_every_method_but_get_with_an_empty_400) {
  serve();
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"}) {
    TcpClient client(port());
    client.write(method + " /socket/websocket HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << method << ": " << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << method << ": " << answer;
  }
}

TEST_F(UpgradeTest, negotiates_the_version_by_phoenix_table) {
  serve();
  const std::pair<const char*, int> table[] = {
      {"", 101},
      {"?vsn=1.0.0", 101},
      {"?vsn=1.0.9", 101},
      {"?vsn=2.0.0", 101},
      {"?vsn=2.0.9", 101},
      {"?vsn=1.1.0", 403},
      {"?vsn=2.1.0", 403},
      {"?vsn=3.0.0", 403},
      {"?vsn=2.0.0-rc.1", 403},
      {"?vsn=2", 403},
      {"?vsn=2.0", 403},
      {"?vsn=", 403},
      {"?vsn=abc", 403},
      {"?vsn[]=2.0.0", 403},
      {"?vsn[a]=2.0.0", 403},
      {"?vsn=1.0.0&vsn=9.0.0", 403},
      {"?vsn=9.0.0&vsn=2.0.0", 101},
  };
  for (const auto& [query, status] : table)
    EXPECT_EQ(connect(std::string("/socket/websocket") + query).status(), status) << query;
}

TEST_F(UpgradeTest, speaks_v1_without_a_version) {
  serve();
  WebSocketClient client = connect("/socket/websocket");
  client.text(R"({"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"})");
  EXPECT_FRAME(client, R"({"topic":"phoenix","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"1"})");
}

TEST_F(UpgradeTest, matches_paths_by_their_segments) {
  serve([&](server::Endpoint& endpoint) {
    endpoint.socket("/ws/admin").channel("room:*", follow(script));
    endpoint.socket("/custom", {.path = "/some/path"});
  });
  for (const char* path :
       {"/socket/websocket", "/socket/websocket/", "//socket//websocket", "/ws/admin/websocket", "/custom/some/path"})
    EXPECT_EQ(connect(path).status(), 101) << path;
  for (const char* path :
       {"/", "/socket", "/socket/websocket/x", "/socket/WebSocket", "/custom/websocket", "/ws/websocket"})
    EXPECT_EQ(connect(path).status(), 404) << path;
}

TEST_F(UpgradeTest, lets_path_variables_win_over_parameters) {
  socket_factory = [] { return std::make_unique<TellingSocket>(); };
  serve([](server::Endpoint& endpoint) {
    endpoint.socket("/tenants/:tenant", [] { return std::make_unique<TellingSocket>(); }, {.path = "/:user/ws"});
  });
  EXPECT_EQ(params("/tenants/acme/eva/ws?tenant=other&x=1"), json(R"({"tenant":"acme","user":"eva","x":"1"})"));
  EXPECT_EQ(params("/tenants/a%20b/%C3%A9/ws"), json(R"({"tenant":"a b","user":"é"})"));
}

TEST_F(UpgradeTest, decodes_the_query_as_phoenix_does) {
  socket_factory = [] { return std::make_unique<TellingSocket>(); };
  serve();
  const std::pair<const char*, const char*> table[] = {
      {"a[b]=1", R"({"a":{"b":"1"}})"},
      {"c[]=2&c[]=3", R"({"c":["2","3"]})"},
      {"d=x+y", R"({"d":"x y"})"},
      {"e", R"({"e":""})"},
      {"f=1&f=2", R"({"f":"2"})"},
      {"g=%zz", R"({"g":"%zz"})"},
      {"a[b][c]=1", R"({"a":{"b":{"c":"1"}}})"},
      {"h=%F0%9F%98%80", R"({"h":"😀"})"},
  };
  for (const auto& [query, expected] : table)
    EXPECT_EQ(params(std::string("/socket/websocket?") + query), json(expected)) << query;
}

TEST_F(UpgradeTest, refuses_a_query_that_is_not_utf8) {
  serve();
  EXPECT_EQ(connect("/socket/websocket?a=%ff").status(), 400);
}

TEST_F(UpgradeTest, asks_the_socket_before_it_looks_at_the_upgrade_headers) {
  socket_factory = [] { return std::make_unique<TellingSocket>(); };
  serve();
  EXPECT_EQ(connect("/socket/websocket", {{"Upgrade", "-"}}).status(), 418);
  EXPECT_EQ(connect("/socket/websocket?vsn=9.0.0").status(), 403) << "but not when the version is wrong";
}

TEST_F(UpgradeTest, reads_frames_that_come_along_with_the_request) {
  serve();
  TcpClient client(port());
  const auto heartbeat =
      ws::make_masked_frame(ws::Opcode::text, R"([null,"1","phoenix","heartbeat",{}])", {1, 2, 3, 4});
  client.write(
      "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" +
      std::string(heartbeat.view()));
  EXPECT_NE(client.read_until("phx_reply").find("101 "), std::string::npos);
}

TEST_F(UpgradeTest, keeps_http_connections_alive_and_answers_pipelined_requests_in_order) {
  serve([](server::Endpoint& endpoint) {
    endpoint.get("/a", [](const auto&) { return server::HttpResponse{.body = "first"}; });
    endpoint.get("/b", [](const auto&) { return server::HttpResponse{.body = "second"}; });
  });
  TcpClient client(port());
  client.write("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.read_until("first").find("HTTP/1.1 200 "), std::string::npos);
  client.write(
      "GET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\n"
      "Connection: close\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string rest = client.read_to_end();
  EXPECT_LT(rest.find("second"), rest.find("first"));
  EXPECT_LT(rest.find("first"), rest.find("404 Not Found"));
  EXPECT_EQ(rest.find("HTTP/1.1 ", rest.find("404 Not Found")), std::string::npos) << "nothing after a close";
}

TEST_F(UpgradeTest, can_follow_a_plain_request_on_the_same_connection) {
  serve();
  TcpClient client(port());
  client.write(
      "GET /none HTTP/1.1\r\nHost: x\r\n\r\nGET /socket/websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 404 "));
  EXPECT_NE(client.read_until("\r\n\r\n").find("HTTP/1.1 101 "), std::string::npos);
}

}  // namespace
}  // namespace suzaku::test
