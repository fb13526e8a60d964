#include "server/gateway.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "net/virtual_clock.hpp"

namespace suzaku::server {
namespace {

class NoExchange final : public transport::Exchange {
 public:
  void resolve(transport::Answer /*answer*/) override {}
};

class GatewayTest : public testing::Test {
 protected:
  static constexpr std::size_t kElsewhere = 8 * 1024;

  static HttpResult ok(const HttpRequest&) { return HttpResponse{.body = "ok"}; }
  void page(std::string_view path) {
    routes.add_page({.path = path, .content_type = "text/plain", .body = "page", .etag = "1"});
  }
  static http::Request request(std::string method, std::string target, HttpHeaders headers = {}) {
    headers.emplace_back("host", "localhost");
    return {.method = std::move(method), .target = std::move(target), .headers = std::move(headers), .body = {}};
  }
  std::unique_ptr<transport::RequestHandler> handler_of(const http::Request& head) {
    return gateway.handler_of(head, {});
  }
  std::size_t max_body(std::string method, std::string target) {
    return handler_of(request(std::move(method), std::move(target)))->max_body();
  }
  http::Response answer(const http::Request& asked) {
    auto decision = handler_of(asked)->serve(asked, exchange);
    return std::get<http::Response>(std::get<transport::Answer>(std::move(decision)));
  }
  /// The values of a header, joined by '|'.
  static std::string header(const http::Response& response, std::string_view name) {
    std::string values;
    for (const auto& [key, value] : response.headers)
      if (key == name) values += (values.empty() ? "" : "|") + value;
    return values;
  }

  net::VirtualClock clock;
  net::Workers workers{0, 1};
  Budget unfinished{1};
  EndpointOptions options;
  Ingress ingress{options};
  Routes routes;
  Shard shard{clock, workers, unfinished, options};
  Gateway gateway{shard, routes, ingress, options};
  NoExchange exchange;
};

TEST_F(GatewayTest, only_a_route_takes_a_large_body) {
  routes.add_socket("/socket", [] { return std::make_unique<UserSocket>(); }, {});
  page("/page");
  routes.add_handler("POST", "/:large", ok, {.max_body = 1'000'000});
  routes.add_handler("POST", "/:large/websocket", ok, {.max_body = 1'000'000});
  routes.add_handler("POST", "/small", ok, {.max_body = 10});
  EXPECT_EQ(max_body("POST", "/any"), 1'000'000U);
  EXPECT_EQ(max_body("POST", "/small"), 10U);
  EXPECT_EQ(max_body("PUT", "/any"), kElsewhere);
  EXPECT_EQ(max_body("POST", "/page"), kElsewhere);
  EXPECT_EQ(max_body("POST", "/socket/websocket"), kElsewhere);
  EXPECT_EQ(max_body("POST", "/no/such/path"), kElsewhere);
  EXPECT_EQ(max_body("OPTIONS", "*"), kElsewhere);
}

TEST_F(GatewayTest, the_head_decides_what_is_refused_without_a_body) {
  routes.add_socket("/socket", [] { return std::make_unique<UserSocket>(); }, {});
  page("/page");
  routes.add_handler("POST", "/api", ok, {.content_types = {"application/json"}});
  const auto status = [this](const http::Request& head, bool has_body) {
    const auto refused = handler_of(head)->refusal(head, has_body);
    return refused ? refused->status : 0;
  };
  const HttpHeaders json{{"content-type", "application/json"}};
  EXPECT_EQ(status(request("POST", "/api"), true), 415);
  EXPECT_EQ(status(request("POST", "/api"), false), 0);
  EXPECT_EQ(status(request("POST", "/api", json), true), 0);
  EXPECT_EQ(status(request("PUT", "/api"), true), 405);
  EXPECT_EQ(status(request("POST", "/page"), true), 405);
  EXPECT_EQ(status(request("GET", "/page"), true), 0);
  EXPECT_EQ(status(request("POST", "/socket/websocket"), true), 400);
  EXPECT_EQ(status(request("GET", "/socket/websocket"), true), 0);
  EXPECT_EQ(status(request("POST", "/no/such/path"), true), 404);
}

TEST_F(GatewayTest, options_tell_what_is_served) {
  page("/page");
  routes.add_handler("DELETE", "/:any", ok, {});
  EXPECT_EQ(answer(request("OPTIONS", "/page")).status, 204);
  EXPECT_EQ(header(answer(request("OPTIONS", "/page")), "allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(header(answer(request("OPTIONS", "/a")), "allow"), "DELETE, OPTIONS");
  const http::Response server = answer(request("OPTIONS", "*"));
  EXPECT_EQ(server.status, 204);
  EXPECT_EQ(header(server, "allow"), "DELETE, GET, HEAD, OPTIONS");
}

TEST_F(GatewayTest, the_target_of_connect_is_no_path) {
  routes.add_handler("GET", "/:any", ok, {});
  EXPECT_EQ(answer(request("CONNECT", "example.com:443")).status, 404);
}

// --- pages of other origins ---

class CorsGatewayTest : public GatewayTest {
 protected:
  static constexpr const char* kOrigin = "https://app.example";
  static http::Request from(const char* origin, std::string method, HttpHeaders headers = {}) {
    headers.emplace_back("origin", origin);
    return request(std::move(method), "/api", std::move(headers));
  }
  static std::string allowed_origin(const http::Response& response) {
    return header(response, "access-control-allow-origin");
  }
  static std::string credentials(const http::Response& response) {
    return header(response, "access-control-allow-credentials");
  }
  void serve(bool with_credentials) {
    routes.add_handler("POST", "/api", ok,
                       {.content_types = {"application/json"},
                        .cors = Cors{.origins = *CheckOrigin::parse(kOrigin), .credentials = with_credentials}});
    routes.add_handler("GET", "/api", ok, {});
  }
};

TEST_F(CorsGatewayTest, credentials_are_allowed_where_the_route_says_so) {
  serve(true);
  EXPECT_EQ(credentials(answer(from(kOrigin, "POST"))), "true");
  EXPECT_EQ(credentials(answer(from(kOrigin, "OPTIONS", {{"access-control-request-method", "POST"}}))), "true");
  EXPECT_EQ(credentials(answer(from("https://evil.example", "POST"))), "");
  EXPECT_EQ(credentials(answer(from("https://evil.example", "OPTIONS", {{"access-control-request-method", "POST"}}))),
            "");
  EXPECT_EQ(credentials(answer(from(kOrigin, "GET"))), "") << "that route has no cors";
}

TEST_F(CorsGatewayTest, credentials_are_not_allowed_elsewhere) {
  serve(false);
  for (const http::Request& asked :
       {from(kOrigin, "POST"), from(kOrigin, "OPTIONS", {{"access-control-request-method", "POST"}})}) {
    EXPECT_EQ(allowed_origin(answer(asked)), kOrigin);
    EXPECT_EQ(credentials(answer(asked)), "");
  }
}

TEST_F(CorsGatewayTest, refusals_can_be_read) {
  serve(false);
  http::Request typed = from(kOrigin, "POST", {{"content-type", "text/plain"}});
  typed.body = "text";
  EXPECT_EQ(answer(typed).status, 415);
  EXPECT_EQ(allowed_origin(answer(typed)), kOrigin);
  EXPECT_EQ(header(answer(typed), "vary"), "origin");

  const http::Response refused = answer(from(kOrigin, "PUT"));
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(allowed_origin(refused), kOrigin);
  EXPECT_EQ(header(refused, "vary"), "origin");
  const http::Response other = answer(from("https://evil.example", "PUT"));
  EXPECT_EQ(allowed_origin(other), "");
  EXPECT_EQ(header(other, "vary"), "origin");

  http::Response of_the_session = http::Response::text(413, "body too large\n");
  handler_of(from(kOrigin, "POST"))->add_headers(of_the_session);
  EXPECT_EQ(allowed_origin(of_the_session), kOrigin);
}

TEST_F(CorsGatewayTest, a_method_that_the_path_lacks_is_refused_as_the_first_route_that_lets_the_origin_in_would) {
  const auto allow = [this](std::string_view method, std::string_view origin) {
    routes.add_handler(method, "/api", ok, {.cors = Cors{.origins = *CheckOrigin::parse(origin)}});
  };
  allow("GET", "https://other.example");
  allow("POST", kOrigin);
  EXPECT_EQ(allowed_origin(answer(from(kOrigin, "PUT"))), kOrigin);
  EXPECT_EQ(allowed_origin(answer(from("https://other.example", "PUT"))), "https://other.example");
  EXPECT_EQ(allowed_origin(answer(from("https://evil.example", "PUT"))), "");
}

}  // namespace
}  // namespace suzaku::server
