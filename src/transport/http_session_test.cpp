// What an HTTP connection refuses, and how its answers end.

#include "transport/http_session_test.hpp"

#include <cstddef>
#include <limits>
#include <string>

namespace suzaku::transport {
namespace {

using namespace std::chrono_literals;

// --- refusals ---

constexpr const char* kWaits = " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

TEST_F(HttpSessionTest, a_client_that_waits_to_send_its_body_is_told_to_go_on) {
  write(std::string("POST /") + kWaits);
  EXPECT_EQ(read(), "HTTP/1.1 100 Continue\r\n\r\n");
  write("01234");
  EXPECT_TRUE(read().starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpSessionTest, a_client_that_waits_to_send_its_body_is_refused_at_once_if_it_will_be) {
  write(std::string("POST /refused") + kWaits);
  const std::string answer = read();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 415 ")) << answer;
  EXPECT_NE(answer.find("\r\nconnection: close\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("refused(closed)")) << answer;
}

TEST_F(HttpSessionTest, every_refusal_has_the_headers_that_its_handler_adds) {
  const auto expect_refusal = [this](int status) {
    const std::string answer = read();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(status))) << answer;
    EXPECT_NE(answer.find("\r\nx-route: yes\r\n"), std::string::npos) << answer;
    connect();
  };
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  write(post + "Content-Length: 101\r\n\r\n");
  expect_refusal(413);
  write(post + "Transfer-Encoding: chunked\r\n\r\n60\r\n" + std::string(0x60, 'x') + "\r\n60\r\n");
  expect_refusal(413);
  write(post + "Transfer-Encoding: chunked\r\n\r\n5 5\r\n");
  expect_refusal(400);
  write(post + "Content-Length: 100\r\n\r\nx");
  advance(10s);
  expect_refusal(408);
  get("/later");
  advance(10s);
  expect_refusal(503);
  get("/throws");
  expect_refusal(500);
  get("/");
  EXPECT_EQ(read().find("x-route"), std::string::npos) << "an answer is the handler's own";
  write("GET / HT");
  advance(10s);
  EXPECT_EQ(read().find("x-route"), std::string::npos) << "a request without a head has no handler";
}

TEST_F(HttpSessionTest, a_refusal_after_an_answer_to_head_has_a_body) {
  write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(read().ends_with("\r\n\r\n"));
  write("no HTTP\r\n\r\n");
  const std::string refused = read();
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 400 ")) << refused;
  EXPECT_FALSE(refused.ends_with("\r\n\r\n(closed)")) << refused;
}

// --- answers that come later ---

TEST_F(HttpSessionTest, only_the_first_answer_to_a_request_counts) {
  Exchange* exchange = nullptr;
  service.make_answerer = [&](Exchange& asked) {
    exchange = &asked;
    return std::make_unique<Late>();
  };
  const auto answer = [&](const std::string& body) { exchange->resolve(http::Response::text(200, body)); };
  get("/later");
  answer("first");
  answer("second");
  loop.run_ready();
  const std::string answered = read();
  EXPECT_TRUE(answered.ends_with("\r\n\r\nfirst")) << answered;
  get("/later");
  advance(options.request_timeout);
  EXPECT_TRUE(read().starts_with("HTTP/1.1 503 "));
  answer("late");
  loop.run_ready();
  EXPECT_EQ(read(), "");
  get("/");
  EXPECT_TRUE(read().ends_with("\r\n\r\nok"));
}

// --- the end of answers ---

TEST_F(HttpSessionTest, a_request_that_is_under_way_when_the_server_drains_is_the_last) {
  for (const std::string path : {"/", "/body"}) {
    connect();
    write("GET " + path + " HTTP/1.1\r\nHo");
    sessions.drain(sessions.size());
    write("st: x\r\n\r\n");
    if (path == "/body") body->end();
    loop.run_ready();
    const std::string answer = read();
    EXPECT_NE(answer.find("\r\nconnection: close\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("(closed)")) << answer;
  }
}

TEST_F(HttpSessionTest, an_answer_in_parts_ends_with_the_connection_for_http_1_0_even_if_the_client_would_keep_it) {
  write("GET /body HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  body->write("part");
  loop.run_ready();
  const std::string answer = read();
  EXPECT_NE(answer.find("\r\nconnection: close\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\npart")) << answer;
  body->end();
  loop.run_ready();
  EXPECT_EQ(read(), "(closed)");
}

TEST_F(HttpSessionTest, after_an_answer_in_parts_a_larger_one_may_wait_than_in_parts) {
  constexpr std::size_t kWaiting = 900'000;  // more than the system takes, and less than holds up further requests
  constexpr std::size_t kLarge = 8 << 20;    // more than may wait of an answer in parts
  get("/body");
  body->end();
  loop.run_ready();
  read();
  const auto ask = [](std::size_t size) {
    return "GET /bytes?" + std::to_string(size) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  };
  write(ask(kWaiting) + ask(kLarge));
  EXPECT_GT(read_all().size(), kWaiting + kLarge);
  EXPECT_EQ(sessions.size(), 1U);
}

TEST_F(HttpSessionTest, a_body_that_has_lost_a_part_does_not_look_whole) {
  get("/body");
  EXPECT_TRUE(body->write("first"));
  loop.run_ready();
  EXPECT_TRUE(read().ends_with("\r\nfirst\r\n"));
  // No memory has room for this part, and nothing of it is read.
  EXPECT_FALSE(body->write({"lost", std::numeric_limits<std::ptrdiff_t>::max()}));
  body->write("last");
  body->end();
  loop.run_ready();
  EXPECT_EQ(read(), "(closed)");
  EXPECT_EQ(sessions.size(), 0U);
}

TEST_F(HttpSessionTest, a_body_that_ends_as_its_client_reads_too_slowly_does_not_look_whole) {
  const std::string part(3 << 20, 'x');
  for (const std::string headers : {"", "Connection: close\r\n"}) {
    connect();
    write("GET /body HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    EXPECT_TRUE(body->write(part));
    EXPECT_FALSE(body->write(part));
    EXPECT_FALSE(body->write("last"));
    body->end();
    loop.run_ready();
    EXPECT_EQ(sessions.size(), 0U) << "cut off, and not at the end of what waits";
    EXPECT_FALSE(read_all().ends_with("0\r\n\r\n(closed)"));
  }
}

}  // namespace
}  // namespace suzaku::transport
