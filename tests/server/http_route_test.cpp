// HTTP routes: what a request is matched with, what a handler is told, and what browsers of other origins may do.

#include <mutex>
#include <thread>

#include "server_test.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using server::HttpAnswer;
using server::HttpRequest;
using server::HttpResponse;
using server::HttpResult;

class RouteTest : public ServerTest {
 protected:
  /// The answer to a request of this method, path and headers ("A: b\r\n"), whole.
  std::string ask(std::string_view method, std::string_view path, std::string_view headers = "",
                  std::string_view body = "") {
    TcpClient client(port());
    client.write(std::string(method) + " " + std::string(path) +
                 " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                 (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
                 std::string(headers) + "\r\n" + std::string(body));
    return client.read_to_end();
  }
  static std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }
  static bool has(const std::string& answer, std::string_view header) {
    return answer.find("\r\n" + std::string(header) + "\r\n") < answer.find("\r\n\r\n") + 1;
  }
  /// A handler that answers with a text.
  static server::HttpHandler say(std::string text) {
    return [text = std::move(text)](const HttpRequest&) { return HttpResponse{.body = text}; };
  }
};

TEST_F(RouteTest, tell_the_handler_all_of_the_request) {
  serve([](server::Endpoint& endpoint) {
    endpoint.post("/rooms/:room/messages", [](const HttpRequest& request) {
      const auto body = request.json();
      return HttpResponse::json({{"method", request.method},
                                 {"room", *request.param("room")},
                                 {"after", *request.param("after")},
                                 {"agent", *request.header("user-agent")},
                                 {"text", body->at("text")},
                                 {"peer", request.peer_address}},
                                201);
    });
  });
  const std::string answer = ask("POST", "/rooms/caf%C3%A9%2F7/messages?after=9&room=forged",
                                 "User-Agent: test\r\nContent-Type: application/json\r\n", R"({"text":"hi"})");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201 Created\r\n")) << answer;
  EXPECT_TRUE(has(answer, "content-type: application/json"));
  EXPECT_TRUE(has(answer, "cache-control: no-store"));
  EXPECT_EQ(json(body_of(answer)),
            json(R"({"method":"POST","room":"café/7","after":"9","agent":"test","text":"hi","peer":"127.0.0.1"})"));
}

TEST_F(RouteTest, an_exact_path_wins_over_a_variable_unless_it_lacks_the_method) {
  serve([](server::Endpoint& endpoint) {
    endpoint.get("/rooms/:id", say("variable"));
    endpoint.get("/rooms/new", say("exact"));
    endpoint.route("DELETE", "/rooms/:id", say("deleted"));
  });
  EXPECT_EQ(body_of(ask("GET", "/rooms/new")), "exact");
  EXPECT_EQ(body_of(ask("GET", "/rooms/7")), "variable");
  EXPECT_EQ(body_of(ask("DELETE", "/rooms/new")), "deleted");
}

TEST_F(RouteTest, answer_other_methods_by_themselves) {
  serve([](server::Endpoint& endpoint) {
    endpoint.get("/a", say("text"));
    endpoint.post("/a", say("posted"));
  });
  const std::string head = ask("HEAD", "/a");
  EXPECT_TRUE(has(head, "content-length: 4")) << head;
  EXPECT_EQ(body_of(head), "");
  const std::string refused = ask("PUT", "/a");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 405 ")) << refused;
  EXPECT_TRUE(has(refused, "allow: GET, HEAD, OPTIONS, POST")) << refused;
  const std::string options = ask("OPTIONS", "/a");
  EXPECT_TRUE(options.starts_with("HTTP/1.1 204 ")) << options;
  EXPECT_TRUE(has(options, "allow: GET, HEAD, OPTIONS, POST")) << options;
  EXPECT_TRUE(ask("OPTIONS", "/b").starts_with("HTTP/1.1 404 "));
  const std::string server = ask("OPTIONS", "*");
  EXPECT_TRUE(server.starts_with("HTTP/1.1 204 ")) << server;
  EXPECT_TRUE(has(server, "allow: GET, HEAD, OPTIONS, POST")) << server;
}

TEST_F(RouteTest, refuse_bodies_that_are_too_large_or_of_another_type) {
  serve([](server::Endpoint& endpoint) {
    endpoint.post("/a", say("ok"), {.max_body = 10, .content_types = {"application/json"}});
  });
  const std::string type = "Content-Type: Application/JSON; charset=utf-8\r\n";
  EXPECT_EQ(body_of(ask("POST", "/a", type, "0123456789")), "ok");
  EXPECT_TRUE(ask("POST", "/a", type, "0123456789a").starts_with("HTTP/1.1 413 "));
  const std::string other = ask("POST", "/a", "Content-Type: text/plain\r\n", "{}");
  EXPECT_TRUE(other.starts_with("HTTP/1.1 415 ")) << other;
  EXPECT_EQ(body_of(other), "the body must be application/json\n");
  EXPECT_TRUE(ask("POST", "/a", "", "{}").starts_with("HTTP/1.1 415 "));
}

TEST_F(RouteTest, take_a_body_in_chunks_and_tell_a_client_that_waits_to_go_on) {
  serve([](server::Endpoint& endpoint) {
    endpoint.post("/a", [](const HttpRequest& request) { return HttpResponse{.body = "<" + request.body + ">"}; });
  });
  TcpClient client(port());
  client.write(
      "POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.write("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(body_of(client.read_to_end()), "<abcde>");
}

TEST_F(RouteTest, say_what_is_wrong_with_a_body_or_a_query) {
  serve([](server::Endpoint& endpoint) {
    endpoint.post("/a", [](const HttpRequest& request) {
      const auto body = request.json();
      return body ? HttpResponse{.body = "ok"} : HttpResponse{.status = 400, .body = body.error().message};
    });
    endpoint.get("/rooms/:room", say("ok"));
  });
  EXPECT_EQ(body_of(ask("POST", "/a", "", "{")), "the body is not valid JSON");
  EXPECT_TRUE(ask("POST", "/a?x=%ff").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(ask("GET", "/rooms/%ff").starts_with("HTTP/1.1 400 "));
}

TEST_F(RouteTest, a_handler_that_throws_or_forges_a_header_answers_500) {
  serve([](server::Endpoint& endpoint) {
    endpoint.get("/throws", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("boom"); });
    endpoint.get("/splits",
                 [](const HttpRequest&) { return HttpResponse{.headers = {{"x-name", "a\r\nset-cookie: b"}}}; });
    endpoint.get("/forges", [](const HttpRequest&) -> HttpResult { return HttpAnswer(); });
    endpoint.get("/frames", [](const HttpRequest&) { return HttpResponse{.headers = {{"Content-Length", "1"}}}; });
    endpoint.get("/upgrades", [](const HttpRequest&) { return HttpResponse{.status = 101}; });
    endpoint.get("/copies", [](const HttpRequest& request) -> HttpResult {
      const HttpRequest copy = request;
      return copy.later();
    });
  });
  for (const char* path : {"/throws", "/splits", "/forges", "/frames", "/upgrades", "/copies"}) {
    const std::string answer = ask("GET", path);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
    EXPECT_EQ(body_of(answer), "internal server error\n");
  }
}

TEST_F(RouteTest, a_handler_may_choose_the_headers_that_answers_have) {
  serve([](server::Endpoint& endpoint) {
    endpoint.get("/a", [](const HttpRequest&) {
      return HttpResponse{.headers = {{"Content-Type", "image/png"}, {"Cache-Control", "max-age=60"}}};
    });
  });
  const std::string answer = ask("GET", "/a");
  EXPECT_TRUE(has(answer, "Content-Type: image/png")) << answer;
  EXPECT_EQ(answer.find("text/plain"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("no-store"), std::string::npos) << answer;
}

TEST_F(RouteTest, are_refused_when_they_make_no_sense) {
  server::Endpoint endpoint(options());
  EXPECT_THROW(endpoint.route("get", "/a", say("")), std::invalid_argument);
  EXPECT_THROW(endpoint.route("CONNECT", "/a", say("")), std::invalid_argument);
  endpoint.get("/a/:x", say(""));
  EXPECT_THROW(endpoint.get("/a/:y", say("")), std::invalid_argument);
  EXPECT_NO_THROW(endpoint.post("/a/:y", say("")));
  EXPECT_THROW(endpoint.get("/c", say(""), {.cors = server::Cors{.credentials = true}}), std::invalid_argument);
}

// --- later ---

class LateAnswerTest : public RouteTest {
 protected:
  void serve_late() {
    serve([this](server::Endpoint& endpoint) {
      endpoint.get("/late", [this](const HttpRequest& request) -> HttpResult {
        const HttpAnswer later = request.later();
        const std::lock_guard lock(mutex_);
        waiting_.push_back(later);
        return later;
      });
      endpoint.get("/now", say("now"));
    });
  }
  HttpAnswer later(std::size_t number = 0) {
    await(
        [&] {
          const std::lock_guard lock(mutex_);
          return waiting_.size() > number;
        },
        "request");
    const std::lock_guard lock(mutex_);
    return waiting_.at(number);
  }
  static std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

 private:
  std::mutex mutex_;
  std::vector<HttpAnswer> waiting_;
};

TEST_F(LateAnswerTest, comes_from_another_thread_and_requests_behind_it_wait) {
  serve_late();
  TcpClient client(port());
  client.write(get("/late") + get("/now"));
  const HttpAnswer answer = later();
  EXPECT_TRUE(client.stays_silent(20ms));
  std::thread([&] { answer.send({.body = "late"}); }).join();
  EXPECT_NE(client.read_until("late").find("HTTP/1.1 200 OK"), std::string::npos);
  EXPECT_NE(client.read_until("now").find("HTTP/1.1 200 OK"), std::string::npos);
}

TEST_F(LateAnswerTest, counts_once_and_never_for_a_later_request) {
  serve_late();
  TcpClient client(port());
  client.write(get("/late") + get("/late"));
  const HttpAnswer first = later();
  first.send({.body = "first"});
  first.send({.body = "again"});
  client.read_until("first");
  const HttpAnswer second = later(1);
  first.send({.body = "again"});
  second.send({.body = "second"});
  EXPECT_EQ(client.read_until("second").find("again"), std::string::npos);
}

TEST_F(LateAnswerTest, is_503_when_its_time_is_up) {
  endpoint_options.request_timeout = 50ms;
  serve_late();
  TcpClient client(port());
  client.write(get("/late"));
  EXPECT_NE(client.read_until("too long\n").find("HTTP/1.1 503 "), std::string::npos);
  later().send({.body = "late"});
  client.write(get("/now"));
  EXPECT_EQ(client.read_until("now").find("late"), std::string::npos);
}

TEST_F(LateAnswerTest, does_nothing_when_the_client_has_gone) {
  serve_late();
  {
    TcpClient client(port());
    client.write(get("/late"));
    later();
    client.reset();
  }
  later().send({.body = "late"});
  EXPECT_EQ(body_of(ask("GET", "/now")), "now");
}

// --- other origins ---

class CorsTest : public RouteTest {
 protected:
  static constexpr const char* kOrigin = "Origin: https://app.example\r\n";
  static constexpr const char* kPreflight = "Access-Control-Request-Method: POST\r\n";
  void serve_with(server::Cors cors) {
    serve([&](server::Endpoint& endpoint) {
      endpoint.post("/api", say("ok"), {.cors = cors});
      endpoint.get("/api", say("closed"));
    });
  }
};

TEST_F(CorsTest, pages_of_allowed_origins_may_read_the_answer) {
  serve_with({.origins = *server::CheckOrigin::parse("https://app.example"),
              .credentials = true,
              .response_headers = {"x-total", "x-next"}});
  const std::string answer = ask("POST", "/api", kOrigin);
  EXPECT_TRUE(has(answer, "access-control-allow-origin: https://app.example")) << answer;
  EXPECT_TRUE(has(answer, "access-control-allow-credentials: true")) << answer;
  EXPECT_TRUE(has(answer, "access-control-expose-headers: x-total, x-next")) << answer;
  EXPECT_TRUE(has(answer, "vary: origin")) << answer;
  const std::string other = ask("POST", "/api", "Origin: https://evil.example\r\n");
  EXPECT_EQ(other.find("access-control"), std::string::npos) << other;
  EXPECT_TRUE(has(other, "vary: origin")) << other;
  EXPECT_EQ(ask("GET", "/api", kOrigin).find("access-control"), std::string::npos) << "that route has no cors";
}

TEST_F(CorsTest, a_preflight_is_told_what_a_page_may_do) {
  serve_with({});
  const std::string answer = ask("OPTIONS", "/api", std::string(kOrigin) + kPreflight);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 204 ")) << answer;
  EXPECT_TRUE(has(answer, "access-control-allow-origin: https://app.example")) << answer;
  EXPECT_TRUE(has(answer, "access-control-allow-methods: POST")) << answer;
  EXPECT_TRUE(has(answer, "access-control-allow-headers: content-type, authorization")) << answer;
  EXPECT_TRUE(has(answer, "access-control-max-age: 600")) << answer;
  EXPECT_EQ(answer.find("access-control-allow-credentials"), std::string::npos) << answer;
  const std::string closed = ask("OPTIONS", "/api", std::string(kOrigin) + "Access-Control-Request-Method: GET\r\n");
  EXPECT_EQ(closed.find("access-control"), std::string::npos) << closed;
}

TEST_F(CorsTest, a_preflight_of_another_origin_is_told_nothing) {
  serve_with({.origins = *server::CheckOrigin::parse("https://other.example")});
  const std::string answer = ask("OPTIONS", "/api", std::string(kOrigin) + kPreflight);
  EXPECT_EQ(answer.find("access-control"), std::string::npos) << answer;
}

TEST_F(CorsTest, refusals_can_be_read_too) {
  serve_with({});
  const auto expect_readable = [](const std::string& answer, std::string_view status) {
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(status))) << answer;
    EXPECT_TRUE(has(answer, "access-control-allow-origin: https://app.example")) << answer;
    EXPECT_EQ(answer.find("vary: origin"), answer.rfind("vary: origin")) << answer;
  };
  expect_readable(ask("POST", "/api?x=%ff", kOrigin), "400 ");
  expect_readable(ask("PUT", "/api", kOrigin), "405 ");
  expect_readable(ask("POST", "/api", kOrigin, std::string(64 * 1024 + 1, 'x')), "413 ");
}

}  // namespace
}  // namespace suzaku::test
