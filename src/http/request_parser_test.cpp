#include "http/request_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::http {
namespace {

using State = RequestParser::State;

constexpr std::string_view kUpgrade =
    "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\n"
    "Host: localhost:4000\r\n"
    "Connection: keep-alive, Upgrade\r\n"
    "Upgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "\r\n";

constexpr std::string_view kPost =
    "\r\nPOST /api?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nX-Twice: 1\r\nX-Twice:\t2 \r\n\r\nhello\r\n\r\nyou";

/// Feeds all of `bytes` in pieces that end at the given places; returns the last state and how much was used.
State feed_in_pieces(RequestParser& parser, std::string_view bytes, const std::vector<std::size_t>& cuts,
                     std::size_t& total) {
  total = 0;
  State state = State::need_more;
  for (std::size_t i = 0; i <= cuts.size() && state == State::need_more; ++i) {
    const std::size_t end = i < cuts.size() ? cuts[i] : bytes.size();
    std::size_t used = 0;
    state = parser.feed(bytes.substr(total, end - total), used);
    total += used;
  }
  return state;
}

Request parse(std::string_view bytes) {
  RequestParser parser{{}};
  std::size_t used = 0;
  if (parser.feed(bytes, used) != State::done) {
    ADD_FAILURE() << "not parsed: " << parser.error_status() << ' ' << parser.error_reason();
    return {};
  }
  return parser.take();
}

/// The status with which the bytes are refused, 0 when they are not; the same in one piece and byte by byte.
int refusal(std::string_view bytes, Limits limits = {}) {
  RequestParser whole{limits};
  RequestParser trickle{limits};
  std::size_t used = 0;
  whole.feed(bytes, used);
  for (const char c : bytes)
    if (trickle.feed({&c, 1}, used) != State::need_more) break;
  EXPECT_EQ(whole.error_status(), trickle.error_status()) << bytes;
  EXPECT_EQ(whole.error_status() == 0, whole.error_reason().empty());
  return whole.error_status();
}

TEST(RequestParser, reads_a_websocket_upgrade) {
  RequestParser parser{{}};
  std::size_t used = 0;
  const std::string bytes = std::string(kUpgrade) + "\x81\x85";
  ASSERT_EQ(parser.feed(bytes, used), State::done);
  EXPECT_EQ(used, kUpgrade.size());

  const Request request = parser.take();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path(), "/socket/websocket");
  EXPECT_EQ(request.query(), "vsn=2.0.0");
  EXPECT_FALSE(request.http_1_0);
  EXPECT_TRUE(request.keep_alive);
  ASSERT_EQ(request.headers.size(), 5U);
  ASSERT_NE(request.header("sec-websocket-key"), nullptr);
  EXPECT_EQ(*request.header("sec-websocket-key"), "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_EQ(request.header("origin"), nullptr);
}

TEST(RequestParser, reads_a_body_and_repeated_headers_after_an_empty_line) {
  const Request request = parse(kPost);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.body, "hello\r\n\r\nyou");
  ASSERT_EQ(request.headers.size(), 4U);
  EXPECT_EQ(request.headers[2], std::pair(std::string("x-twice"), std::string("1")));
  EXPECT_EQ(request.headers[3], std::pair(std::string("x-twice"), std::string("2")));
}

TEST(RequestParser, reads_pipelined_requests_one_after_another) {
  const std::string stream = std::string(kPost) + std::string(kUpgrade) + std::string(kPost) + "GET";
  std::string_view rest = stream;
  RequestParser parser{{}};
  std::vector<std::string> methods;
  std::size_t used = 0;
  while (parser.feed(rest, used) == State::done) {
    rest.remove_prefix(used);
    methods.push_back(parser.take().method);
  }
  EXPECT_EQ(methods, (std::vector<std::string>{"POST", "GET", "POST"}));
  EXPECT_EQ(used, 3U);
  EXPECT_EQ(rest, "GET");
}

TEST(RequestParser, is_idle_until_the_first_byte_and_after_take) {
  RequestParser parser{{}};
  std::size_t used = 0;
  EXPECT_TRUE(parser.idle());
  EXPECT_EQ(parser.feed("", used), State::need_more);
  EXPECT_TRUE(parser.idle());
  EXPECT_EQ(parser.feed("G", used), State::need_more);
  EXPECT_FALSE(parser.idle());
  EXPECT_EQ(parser.feed("ET / HTTP/1.1\r\nhost:\r\n\r\n", used), State::done);
  EXPECT_FALSE(parser.idle());
  parser.take();
  EXPECT_TRUE(parser.idle());
}

TEST(RequestParser, gives_a_request_only_when_one_is_done) {
  RequestParser parser{{}};
  std::size_t used = 0;
  EXPECT_THROW(parser.take(), std::logic_error);
  parser.feed("GET /", used);
  EXPECT_THROW(parser.take(), std::logic_error);
  parser.feed(" HTTP/9.9\r\n\r\n", used);
  EXPECT_THROW(parser.take(), std::logic_error);
}

TEST(RequestParser, uses_nothing_while_a_request_waits_or_after_a_failure) {
  RequestParser parser{{}};
  std::size_t used = 0;
  parser.feed(kUpgrade, used);
  EXPECT_EQ(parser.feed(kUpgrade, used), State::done);
  EXPECT_EQ(used, 0U);
  parser.take();
  EXPECT_EQ(parser.feed("\n", used), State::failed);
  EXPECT_EQ(parser.feed(kUpgrade, used), State::failed);
  EXPECT_EQ(used, 0U);
  EXPECT_EQ(parser.error_status(), 400);
}

TEST(RequestParser, knows_when_the_connection_stays_open) {
  EXPECT_TRUE(parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n").keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").keep_alive);
}

TEST(RequestParser, brings_an_absolute_target_to_path_and_query_and_takes_its_host) {
  const Request request = parse("GET HTTP://b.example:80/x?y=/ HTTP/1.1\r\nHost: a.example\r\n\r\n");
  EXPECT_EQ(request.target, "/x?y=/");
  EXPECT_EQ(*request.header("host"), "b.example:80");
  EXPECT_EQ(parse("GET https://b?q HTTP/1.1\r\nHost: a\r\n\r\n").target, "/?q");
  EXPECT_EQ(parse("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n").target, "/");
  EXPECT_EQ(*parse("GET http://b HTTP/1.0\r\n\r\n").header("host"), "b");
}

TEST(RequestParser, accepts_the_unusual_that_is_allowed) {
  for (const std::string_view bytes : {
           "GET / HTTP/1.1\r\nHost:\r\n\r\n",                            // an empty Host
           "GET / HTTP/1.1\r\nhOsT: [::1]:4000\r\n\r\n",                 // an IPv6 Host
           "GET / HTTP/1.0\r\n\r\n",                                     // 1.0 needs no Host
           "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",                      //
           "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",              //
           "a-b!c / HTTP/1.1\r\nHost: a\r\n\r\n",                        // any token is a method
           "GET / HTTP/1.1\r\nHost: a\r\nX: \xc3\xa9\t\"\\\r\n\r\n",     // bytes above ASCII and tabs in a value
           "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n",  // no body, nothing to wait for
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 000\r\nExpect: 100-continue\r\n\r\n",
           "GET / HTTP/1.0\r\nExpect: anything\r\n\r\n",                 // 1.0 knows no Expect
           "GET / HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: x\r\n\r\n",  // another header altogether
       })
    EXPECT_EQ(refusal(bytes), 0) << bytes;
}

struct Refused {
  int status;
  std::string_view bytes;
};

TEST(RequestParser, refuses_malformed_request_lines) {
  for (const auto& [status, bytes] : std::vector<Refused>{
           {400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"}, {400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
           {400, "G@T / HTTP/1.1\r\nHost: a\r\n\r\n"},         {400, "/ HTTP/1.1\r\nHost: a\r\n\r\n"},
           {400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},        {400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
           {400, "GET / x HTTP/1.1\r\nHost: a\r\n\r\n"},       {400, "GET x HTTP/1.1\r\nHost: a\r\n\r\n"},
           {400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},         {400, "GET /#f HTTP/1.1\r\nHost: a\r\n\r\n"},
           {400, "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n"},   {400, "GET http://u@b/ HTTP/1.1\r\nHost: a\r\n\r\n"},
           {400, "GET ftp://b/ HTTP/1.1\r\nHost: a\r\n\r\n"},  {400, "GET /\r\n\r\n"},
           {400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},        {400, "GET / HTTP/1\r\nHost: a\r\n\r\n"},
           {400, "GET / http/1.1\r\nHost: a\r\n\r\n"},         {400, "GET / HTTP/x.1\r\nHost: a\r\n\r\n"},
           {505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},         {505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"},
           {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},          {400, "\x16\x03\x01\x02"},
       })
    EXPECT_EQ(refusal(bytes), status) << bytes;
}

TEST(RequestParser, refuses_malformed_lines_and_headers) {
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (const std::string& bytes : std::vector<std::string>{
           "GET / HTTP/1.1\nHost: a\n\n",
           "GET / HTTP/1.1\r\nHost: a\n\r\n",
           "GET / HTTP/1.1\rHost: a\r\n\r\n",
           get + "X: a\rb\r\n\r\n",
           get + "X: a\r\n\n",
           get + "X: a\r\n b\r\n\r\n",
           get + "X: a\r\n\tb\r\n\r\n",
           get + "X:\r\n b\r\n\r\n",
           "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
           get + "X : a\r\n\r\n",
           get + "X\t: a\r\n\r\n",
           get + "X\r\n\r\n",
           get + ": a\r\n\r\n",
           get + "X(: a\r\n\r\n",
           get + "X\xc3: a\r\n\r\n",
           get + std::string("X: a\0b\r\n\r\n", 10),
           get + "X: a\x01\r\n\r\n",
           get + "X: a\x0b\r\n\r\n",
           get + "X: a\x7f\r\n\r\n",
           get + std::string("X\0: a\r\n\r\n", 9),
       })
    EXPECT_EQ(refusal(bytes), 400) << bytes;
}

TEST(RequestParser, refuses_a_host_that_is_missing_repeated_or_malformed) {
  for (const std::string_view bytes : {
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHOST:\r\n\r\n",
           "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
           "GET http://b/ HTTP/1.1\r\n\r\n",
       })
    EXPECT_EQ(refusal(bytes), 400) << bytes;
}

TEST(RequestParser, refuses_bodies_whose_length_could_be_read_in_two_ways) {
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  for (const auto& [status, headers] : std::vector<Refused>{
           {400, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"},
           {400, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"},
           {400, "Transfer-Encoding: identity\r\nContent-Length: 5\r\n"},
           {400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity, chunked\r\n"},
           {400, "Content-Length: 5\r\nContent-Length: 6\r\n"},
           {400, "Content-Length: 5\r\nContent-Length: 5\r\n"},
           {400, "Content-Length: 5, 5\r\n"},
           {400, "Content-Length: 5,\r\n"},
           {400, "Content-Length:\r\n"},
           {400, "Content-Length: +5\r\n"},
           {400, "Content-Length: -1\r\n"},
           {400, "Content-Length: 0x5\r\n"},
           {400, "Content-Length: 5 5\r\n"},
           {400, "Content-Length: 5;a\r\n"},
           {400, "Content-Length: 99999999999999999999999\r\n"},
           {400, "Content-Length : 5\r\n"},
           {400, "Transfer-Encoding : chunked\r\n"},
           {400,
            "Transfer-Encoding:\x0b"
            "chunked\r\n"},
           {400, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"},
           {400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"},
           {501, "Transfer-Encoding: identity\r\n"},
           {501, "Transfer-Encoding: xchunked\r\n"},
           {501, "Transfer-Encoding:\r\n"},
           {501, "tRANSFER-eNCODING: gzip, chunked\r\n"},
       })
    EXPECT_EQ(refusal(post + std::string(headers) + "\r\n"), status) << headers;
}

TEST(RequestParser, refuses_expectations_it_cannot_meet) {
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n"), 417);
}

TEST(RequestParser, holds_the_header_limit_to_the_byte) {
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(refusal(request, {.header_bytes = request.size()}), 0);
  EXPECT_EQ(refusal(request, {.header_bytes = request.size() - 1}), 431);
  EXPECT_EQ(refusal("GET /" + std::string(100, 'a'), {.header_bytes = 64}), 414);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100, 'a'), {.header_bytes = 64}), 431);
}

TEST(RequestParser, holds_the_limit_of_headers) {
  const auto with_headers = [](std::size_t count) {
    std::string request = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < count; ++i) request += "x: y\r\n";
    return request + "\r\n";
  };
  EXPECT_EQ(refusal(with_headers(kMaxHeaders)), 0);
  EXPECT_EQ(refusal(with_headers(kMaxHeaders + 1)), 431);
}

TEST(RequestParser, holds_the_body_limit_to_the_byte_before_the_body_comes) {
  const auto with_length = [](int n) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(n) + "\r\n\r\n";
  };
  EXPECT_EQ(refusal(with_length(10), {.body_bytes = 10}), 0);
  EXPECT_EQ(refusal(with_length(11), {.body_bytes = 10}), 413);
}

TEST(RequestParser, asks_for_the_body_limit_of_each_request) {
  struct ByPath final : HeadListener {
    std::size_t on_head(const Request& head) override {
      ++heads;
      return head.path() == "/large" ? 10 : 1;
    }
    int heads = 0;
  } limit;
  const auto post = [](std::string_view path, std::string_view rest) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(rest);
  };
  const std::string ten = "Content-Length: 10\r\n\r\n0123456789";
  const std::string chunks = "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n";
  for (const std::string& body : {ten, chunks}) {
    EXPECT_EQ(refusal(post("/large", body), {.head_listener = &limit}), 0) << body;
    EXPECT_EQ(refusal(post("/small", body), {.head_listener = &limit}), 413) << body;
  }
  limit.heads = 0;
  EXPECT_EQ(refusal(post("/none", "\r\n"), {.head_listener = &limit}), 0);
  EXPECT_GT(limit.heads, 0) << "a request without a body has a head, too";
}

TEST(RequestParser, reads_a_body_in_chunks) {
  RequestParser parser{{}};
  std::size_t used = 0;
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\nGET";
  EXPECT_EQ(parser.feed(bytes, used), State::done);
  EXPECT_EQ(used, bytes.size() - 3);
  EXPECT_EQ(parser.take().body, "abc0123456789");
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"), 400);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 5\r\n"), 400);
  EXPECT_EQ(refusal("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
}

TEST(RequestParser, says_once_that_a_client_waits_to_send_its_body) {
  RequestParser parser{{}};
  std::size_t used = 0;
  EXPECT_FALSE(parser.take_continue());
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(parser.feed(head, used), State::need_more);
  const Request* waiting = parser.take_continue();
  ASSERT_TRUE(waiting);
  EXPECT_EQ(waiting->method, "POST");
  EXPECT_FALSE(parser.take_continue());
  EXPECT_EQ(parser.feed("ab", used), State::done);
  EXPECT_EQ(parser.take().body, "ab");
  EXPECT_EQ(parser.feed(head + "a", used), State::need_more);
  EXPECT_FALSE(parser.take_continue()) << "the body is on its way";
  RequestParser old{{}};
  EXPECT_EQ(old.feed("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", used), State::need_more);
  EXPECT_FALSE(old.take_continue()) << "HTTP/1.0 has no such answer";
}

TEST(RequestParser, takes_no_memory_for_a_body_that_is_only_declared) {
  RequestParser parser{{.body_bytes = SIZE_MAX}};
  std::size_t used = 0;
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000000000\r\n\r\nx";
  EXPECT_EQ(parser.feed(head, used), State::need_more);  // an attempt to make room would throw std::bad_alloc
  EXPECT_EQ(used, head.size());
}

TEST(RequestParser, stays_small_while_idle) {
  EXPECT_LE(sizeof(RequestParser), 32U);
}

RC_GTEST_PROP(RequestParser, gives_the_same_request_however_the_bytes_are_cut, ()) {
  const std::string bytes = std::string(*rc::gen::element(kUpgrade, kPost));
  const std::string stream = bytes + std::string(kUpgrade);
  auto cuts = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, stream.size()));
  std::ranges::sort(cuts);

  RequestParser parser{{}};
  std::size_t used = 0;
  RC_ASSERT(feed_in_pieces(parser, stream, cuts, used) == State::done);
  RC_ASSERT(used == bytes.size());
  const Request request = parser.take();
  const Request expected = parse(bytes);
  RC_ASSERT(request.method == expected.method);
  RC_ASSERT(request.target == expected.target);
  RC_ASSERT(request.headers == expected.headers);
  RC_ASSERT(request.body == expected.body);
  RC_ASSERT(request.keep_alive == expected.keep_alive);
}

}  // namespace
}  // namespace suzaku::http
