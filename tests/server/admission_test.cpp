// Who is let in: origins, subprotocols, auth tokens, and what connect() knows and decides.

#include <stdexcept>
#include <utility>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using server::CheckOrigin;
using server::ConnectInfo;

const std::string kTarget = "/socket/websocket?vsn=2.0.0";
const std::string kToken = "base64url.bearer.phx.";

class FunctionSocket : public server::UserSocket {
 public:
  using Connect = std::function<server::ConnectResult(const ConnectInfo&)>;
  explicit FunctionSocket(Connect connect) : connect_(std::move(connect)) {}
  server::ConnectResult connect(const ConnectInfo& info) override { return connect_(info); }

 private:
  Connect connect_;
};

class AdmissionTest : public ServerTest {
 protected:
  void on_connect(FunctionSocket::Connect connect) {
    socket_factory = [connect = std::move(connect)] { return std::make_unique<FunctionSocket>(connect); };
  }
  /// Every connect() notes what it was told, and lets in.
  void note_info() {
    on_connect([this](const ConnectInfo& told) {
      info = told;
      return server::ConnectResult{};
    });
  }
  int status_from(const std::string& origin, const std::string& host = "localhost") {
    return connect(kTarget, {{"Origin", origin}, {"Host", host}}).status();
  }
  WebSocketClient offering(const std::string& protocols) {
    return connect(kTarget, {{"Sec-WebSocket-Protocol", protocols}});
  }

  ConnectInfo info;
};

TEST_F(AdmissionTest, without_an_origin_everybody_is_let_in) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::list, .origins = {"https://example.com"}};
  serve();
  EXPECT_EQ(connect().status(), 101);
}

TEST_F(AdmissionTest, by_default_only_pages_of_the_own_host_are_let_in) {
  endpoint_options.url_host = "example.com";
  serve();
  for (const char* origin :
       {"http://example.com", "https://example.com:99", "ws://example.com", "https://example.com/path"})
    EXPECT_EQ(status_from(origin), 101) << origin;
  for (const char* origin : {"http://evil.com", "https://EXAMPLE.com", "https://a.example.com", "null", "file://", "",
                             "example.com", "https://evilexample.com", "https://example.com@evil.com"})
    EXPECT_EQ(status_from(origin), 403) << origin;
}

TEST_F(AdmissionTest, a_refused_origin_gets_an_empty_body) {
  serve();
  WebSocketClient client = connect(kTarget, {{"Origin", "http://evil.com"}});
  EXPECT_EQ(client.status(), 403);
  EXPECT_EQ(client.header("content-length"), "0");
}

TEST_F(AdmissionTest, any_lets_every_page_in) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::any};
  serve();
  for (const char* origin : {"http://evil.com", "null", ""}) EXPECT_EQ(status_from(origin), 101) << origin;
}

TEST_F(AdmissionTest, a_list_compares_what_each_entry_names) {
  endpoint_options.check_origin = CheckOrigin::parse(
                                      "https://example.com, //host.com, //port.com:888, http://scheme.com:8080, "
                                      "//*.other.com")
                                      .value();
  serve();
  for (const char* origin :
       {"https://example.com", "https://example.com:443", "HTTPS://example.com", "http://host.com",
        "https://host.com:77", "http://port.com:888", "https://port.com:888", "http://scheme.com:8080",
        "http://other.com", "https://a.other.com", "https://a.b.other.com"})
    EXPECT_EQ(status_from(origin), 101) << origin;
  for (const char* origin :
       {"http://example.com", "https://example.com:444", "http://port.com", "http://port.com:889",
        "https://scheme.com:8080", "http://scheme.com", "https://evilother.com", "null", "http://"})
    EXPECT_EQ(status_from(origin), 403) << origin;
}

TEST_F(AdmissionTest, request_compares_with_where_the_request_went) {
  endpoint_options.check_origin = {.kind = CheckOrigin::Kind::request};
  serve();
  EXPECT_EQ(status_from("http://chat.com", "chat.com"), 101);
  EXPECT_EQ(status_from("http://chat.com:80", "chat.com"), 101);
  EXPECT_EQ(status_from("http://chat.com:4000", "chat.com:4000"), 101);
  EXPECT_EQ(status_from("https://chat.com", "chat.com"), 403);
  EXPECT_EQ(status_from("http://chat.com", "chat.com:4000"), 403);
  EXPECT_EQ(status_from("http://other.com", "chat.com"), 403);
  EXPECT_EQ(status_from("ws://chat.com", "chat.com"), 403);
}

TEST_F(AdmissionTest, each_mount_may_have_its_own_policy) {
  socket_options.check_origin = CheckOrigin{.kind = CheckOrigin::Kind::any};
  serve([](server::Endpoint& endpoint) { endpoint.socket("/strict"); });
  const WebSocketClient::Headers evil = {{"Origin", "http://evil.com"}};
  EXPECT_EQ(connect("/socket/websocket", evil).status(), 101);
  EXPECT_EQ(connect("/strict/websocket", evil).status(), 403);
}

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
