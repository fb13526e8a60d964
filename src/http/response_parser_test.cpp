#include "http/response_parser.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::http {
namespace {

using Asked = ResponseParser::Asked;
using ResponseState = ResponseParser::State;

constexpr std::string_view kSwitch =
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    "\r\n";

constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"
    "5\r\nhello\r\n6;name=\"v\"\r\n world\r\n0\r\nX-Trailer: 2\r\nX-Other: 3\r\n\r\n";

/// What came of some bytes, and how many of them were used.
struct Outcome {
  ResponseState state = ResponseState::need_more;
  std::size_t used = 0;
  ReceivedResponse response;  // when done
  std::string error;          // when failed
};

struct Feed {
  ResponseLimits limits = {};
  Asked asked = Asked::ordinary;
  bool then_end = false;  // the connection ends after the bytes
};

Outcome feed(std::string_view bytes, std::size_t piece, const Feed& feed) {
  ResponseParser parser(feed.limits, feed.asked);
  Outcome outcome;
  while (outcome.state == ResponseState::need_more && outcome.used < bytes.size()) {
    std::size_t used = 0;
    outcome.state = parser.feed(bytes.substr(outcome.used, piece), used);
    outcome.used += used;
    if (used == 0) break;
  }
  if (outcome.state == ResponseState::need_more && feed.then_end) outcome.state = parser.feed_end();
  outcome.error = parser.error();
  if (outcome.state == ResponseState::done) outcome.response = parser.take();
  return outcome;
}

/// The same in one piece and byte by byte.
Outcome feed(std::string_view bytes, const Feed& how = {}) {
  Outcome whole = feed(bytes, bytes.size(), how);
  const Outcome trickle = feed(bytes, 1, how);
  EXPECT_EQ(whole.state, trickle.state) << bytes;
  EXPECT_EQ(whole.error, trickle.error) << bytes;
  EXPECT_EQ(whole.response.body, trickle.response.body) << bytes;
  EXPECT_EQ(whole.response.headers, trickle.response.headers) << bytes;
  EXPECT_EQ(whole.error.empty(), whole.state != ResponseState::failed) << bytes;
  EXPECT_TRUE(whole.state != ResponseState::done || whole.used == trickle.used) << bytes;
  return whole;
}

std::string response_error(std::string_view bytes, const Feed& how = {}) {
  return feed(bytes, how).error;
}

TEST(ResponseParser, gives_back_what_follows_a_101) {
  const std::string bytes = std::string(kSwitch) + "\x81\x02hi";
  const Outcome outcome = feed(bytes);
  ASSERT_EQ(outcome.state, ResponseState::done);
  EXPECT_EQ(outcome.used, kSwitch.size());
  EXPECT_EQ(outcome.response.status, 101);
  EXPECT_EQ(outcome.response.reason, "Switching Protocols");
  EXPECT_FALSE(outcome.response.keep_alive);
  ASSERT_NE(outcome.response.header("sec-websocket-accept"), nullptr);
  EXPECT_EQ(*outcome.response.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(outcome.response.header("upgrades"), nullptr);
}

TEST(ResponseParser, an_answer_to_connect_has_a_body_only_when_it_refuses) {
  const std::string ok = "HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n";
  Outcome outcome = feed(ok + "hello", {.asked = Asked::connect});
  ASSERT_EQ(outcome.state, ResponseState::done);
  EXPECT_EQ(outcome.used, ok.size());
  EXPECT_EQ(outcome.response.body, "");

  outcome = feed("HTTP/1.0 200 OK\r\n\r\nhello", {.asked = Asked::connect});
  ASSERT_EQ(outcome.state, ResponseState::done);
  EXPECT_EQ(outcome.used, 19U);

  outcome = feed("HTTP/1.1 407 Who\r\nContent-Length: 5\r\n\r\nhello", {.asked = Asked::connect});
  ASSERT_EQ(outcome.state, ResponseState::done);
  EXPECT_EQ(outcome.response.status, 407);
  EXPECT_EQ(outcome.response.body, "hello");
}

TEST(ResponseParser, reads_a_body_of_known_length) {
  const std::string bytes = "HTTP/1.1 403 \r\nContent-Length: 5\r\nX-A:  b \r\nX-A: c\r\n\r\nhello";
  const Outcome outcome = feed(bytes + "HTTP/1.1 200 OK\r\n");
  ASSERT_EQ(outcome.state, ResponseState::done);
  EXPECT_EQ(outcome.used, bytes.size());
  EXPECT_EQ(outcome.response.status, 403);
  EXPECT_EQ(outcome.response.reason, "");
  EXPECT_TRUE(outcome.response.keep_alive);
  EXPECT_EQ(outcome.response.body, "hello");
  using Headers = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(outcome.response.headers, (Headers{{"content-length", "5"}, {"x-a", "b"}, {"x-a", "c"}}));
}

TEST(ResponseParser, reads_chunks_and_leaves_trailers_out) {
  const Outcome outcome = feed(std::string(kChunked) + "next");
  ASSERT_EQ(outcome.state, ResponseState::done);
  EXPECT_EQ(outcome.used, kChunked.size());
  EXPECT_EQ(outcome.response.body, "hello world");
  EXPECT_EQ(outcome.response.headers.size(), 2U);
  EXPECT_TRUE(outcome.response.keep_alive);
}

TEST(ResponseParser, reads_a_body_that_ends_with_the_connection) {
  for (const char* bytes : {"HTTP/1.1 500 Oops\r\n\r\nhello", "HTTP/1.0 500 Oops\r\nConnection: close\r\n\r\nhello"}) {
    EXPECT_EQ(feed(bytes).state, ResponseState::need_more);
    const Outcome outcome = feed(bytes, {.then_end = true});
    ASSERT_EQ(outcome.state, ResponseState::done);
    EXPECT_EQ(outcome.response.body, "hello");
    EXPECT_FALSE(outcome.response.keep_alive);
  }
  EXPECT_EQ(feed("HTTP/1.1 200 OK\r\n\r\n", {.then_end = true}).state, ResponseState::done) << "an empty body";
}

TEST(ResponseParser, knows_answers_without_a_body) {
  for (const char* bytes : {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    const Outcome outcome = feed(std::string(bytes) + "HTTP/1.1");
    EXPECT_EQ(outcome.state, ResponseState::done) << bytes;
    EXPECT_EQ(outcome.used, std::string_view(bytes).size()) << bytes;
    EXPECT_EQ(outcome.response.body, "");
  }
}

TEST(ResponseParser, says_whether_the_connection_may_go_on) {
  const auto keep_alive = [](std::string_view version, std::string_view header) {
    const std::string bytes = "HTTP/1." + std::string(version) + " 200 OK\r\nContent-Length: 0\r\n";
    return feed(bytes + std::string(header) + "\r\n").response.keep_alive;
  };
  EXPECT_TRUE(keep_alive("1", ""));
  EXPECT_FALSE(keep_alive("1", "Connection: close\r\n"));
  EXPECT_FALSE(keep_alive("0", ""));
  EXPECT_TRUE(keep_alive("0", "Connection: keep-alive\r\n"));
}

TEST(ResponseParser, passes_over_interim_responses) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  const Outcome outcome = feed(interim + std::string(kSwitch));
  ASSERT_EQ(outcome.state, ResponseState::done);
  EXPECT_EQ(outcome.response.status, 101);
  EXPECT_EQ(outcome.used, interim.size() + kSwitch.size());

  std::string many;
  for (std::size_t i = 0; i < kMaxInterimResponses; ++i) many += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(feed(many + std::string(kSwitch)).state, ResponseState::done);
  EXPECT_EQ(response_error(many + "HTTP/1.1 100 Continue\r\n\r\n"), "too many interim responses");
}

TEST(ResponseParser, reads_one_response_after_another) {
  ResponseParser parser;
  std::string_view rest = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb";
  for (const char* body : {"a", "b"}) {
    EXPECT_TRUE(parser.idle());
    EXPECT_THROW(parser.take(), std::logic_error);
    std::size_t used = 0;
    ASSERT_EQ(parser.feed(rest, used), ResponseState::done);
    std::size_t more = 1;
    EXPECT_EQ(parser.feed(rest.substr(used), more), ResponseState::done);
    EXPECT_EQ(more, 0U);
    EXPECT_FALSE(parser.idle());
    EXPECT_EQ(parser.take().body, body);
    rest.remove_prefix(used);
  }
  EXPECT_TRUE(rest.empty());
}

TEST(ResponseParser, says_at_once_that_another_protocol_is_spoken) {
  for (const char* bytes : {"SSH-2.0-OpenSSH_9.2\r\n", "\x15\x03\x01", "HTTP/2 200\r\n", "hTTP/1.1 200 OK\r\n", "\r\n",
                            "HTTP/0.9", "220 mail ESMTP\r\n", "HTTPS"})
    EXPECT_EQ(response_error(bytes), "not an HTTP/1 response") << bytes;
  for (const char* bytes : {"H", "HTTP/1.", "HTTP/1.1 200 OK\r\n"})
    EXPECT_EQ(feed(bytes).state, ResponseState::need_more);
}

TEST(ResponseParser, refuses_what_is_malformed) {
  const auto head = [](std::string_view text) { return response_error(std::string(text) + "\r\n\r\n"); };
  EXPECT_EQ(head("HTTP/1.2 200 OK"), "HTTP version is neither 1.0 nor 1.1");
  EXPECT_EQ(head("HTTP/1.1 20 OK"), "malformed status");
  EXPECT_EQ(head("HTTP/1.1 099 OK"), "malformed status");
  EXPECT_EQ(head("HTTP/1.1 2000 OK"), "malformed status");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\nA B: c"), "malformed header name");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\n: c"), "malformed header name");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\nA: b\r\n c"), "folded header line");
  EXPECT_EQ(response_error("HTTP/1.1 200 OK\nA: b\n\n"), "line ends with LF alone");
  EXPECT_EQ(head(std::string_view("HTTP/1.1 200 OK\r\nA: \0", 21)), "control character in the head");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\nContent-Length: x"), "malformed Content-Length");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\nContent-Length: -1"), "malformed Content-Length");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2"), "malformed Content-Length");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked"), "malformed Transfer-Encoding");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked"),
            "Transfer-Encoding is something else than chunked");
  EXPECT_EQ(head("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip"), "Transfer-Encoding is something else than chunked");

  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(response_error(chunked + "x\r\n"), "malformed chunk");
  EXPECT_EQ(response_error(chunked + "1\r\nab\r\n"), "malformed chunk");
}

TEST(ResponseParser, knows_what_was_cut_short) {
  for (const std::string_view bytes :
       {kSwitch, kChunked, std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab")})
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_EQ(response_error(bytes.substr(0, size), {.then_end = true}), "the response was cut short") << size;
}

TEST(ResponseParser, bounds_the_head) {
  const auto head = [](std::size_t size) {
    std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: ";
    return text + std::string(size - text.size() - 4, 'x') + "\r\n\r\n";
  };
  const ResponseLimits limits{.head_bytes = 100};
  EXPECT_EQ(feed(head(100), {.limits = limits}).state, ResponseState::done);
  EXPECT_EQ(response_error(head(101), {.limits = limits}), "head too large");
  EXPECT_EQ(response_error("HTTP/1.1 200 " + std::string(100, 'x'), {.limits = limits}), "head too large");

  std::string many = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
  for (std::size_t i = 1; i < kMaxResponseHeaders; ++i) many += "A: b\r\n";
  EXPECT_EQ(feed(many + "\r\n").state, ResponseState::done);
  EXPECT_EQ(response_error(many + "A: b\r\n\r\n"), "too many headers");
}

TEST(ResponseParser, bounds_the_body) {
  const Feed how{.limits = {.body_bytes = 5}};
  const std::string head = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(feed(head + "Content-Length: 5\r\n\r\nhello", how).response.body, "hello");
  EXPECT_EQ(response_error(head + "Content-Length: 6\r\n\r\n", how), "body too large");
  EXPECT_EQ(response_error(head + "\r\nhello!", how), "body too large");
  EXPECT_EQ(response_error(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n", how), "body too large");
  EXPECT_EQ(response_error(head + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", how), "body too large");
}

TEST(ResponseParser, tells_what_came_of_a_response_that_failed) {
  ResponseParser parser({.body_bytes = 5});
  std::size_t used = 0;
  parser.feed("HTTP/1.1 503 Busy\r\n", used);
  EXPECT_EQ(parser.partial(), nullptr);
  EXPECT_EQ(parser.feed("Retry-After: 7\r\nContent-Length: 6\r\n\r\n", used), ResponseState::failed);
  ASSERT_NE(parser.partial(), nullptr);
  EXPECT_EQ(parser.partial()->status, 503);
  EXPECT_EQ(*parser.partial()->header("retry-after"), "7");
  EXPECT_THROW(parser.take(), std::logic_error);

  ResponseParser slow;
  slow.feed("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nabc", used);
  ASSERT_NE(slow.partial(), nullptr);
  EXPECT_EQ(slow.partial()->body, "abc");
}

RC_GTEST_PROP(ResponseParser, does_not_care_how_bytes_are_cut, ()) {
  const std::string body = *rc::gen::arbitrary<std::string>();
  const bool chunked = *rc::gen::arbitrary<bool>();
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  if (chunked) {
    bytes += "Transfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size();) {
      const std::size_t size = *rc::gen::inRange<std::size_t>(1, std::min<std::size_t>(body.size() - at, 9) + 1);
      bytes += std::to_string(size) + "\r\n" + body.substr(at, size) + "\r\n";
      at += size;
    }
    bytes += "0\r\n\r\n";
  } else {
    bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  const std::size_t size = bytes.size();
  bytes += *rc::gen::arbitrary<std::string>();

  ResponseParser parser;
  std::size_t at = 0;
  ResponseState state = ResponseState::need_more;
  while (state == ResponseState::need_more) {
    RC_ASSERT(at < size);
    std::size_t used = 0;
    state = parser.feed(std::string_view(bytes).substr(at, *rc::gen::inRange<std::size_t>(1, 40)), used);
    at += used;
  }
  RC_ASSERT(state == ResponseState::done);
  RC_ASSERT(at == size);
  RC_ASSERT(parser.take().body == body);
}

}  // namespace
}  // namespace suzaku::http
