#include "http/chunked_body.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::http {
namespace {

constexpr std::size_t kMaxBody = 100;

/// What is wrong with these bytes; "" when nothing is, and they are one whole body.
std::string body_error(std::string_view bytes) {
  ChunkedBody chunks(kMaxBody);
  std::string body;
  std::size_t used = 0;
  for (const char c : bytes) used += chunks.feed({&c, 1}, body);
  ChunkedBody at_once(kMaxBody);
  std::string same;
  at_once.feed(bytes, same);
  EXPECT_EQ(at_once.error(), chunks.error()) << bytes;
  EXPECT_EQ(same, body) << bytes;
  if (chunks.failed()) return std::string(chunks.error());
  return chunks.done() && used == bytes.size() ? "" : "not whole";
}

TEST(ChunkedBody, joins_chunks_and_stops_at_the_end) {
  ChunkedBody chunks(kMaxBody);
  std::string body;
  const std::string_view bytes = "5\r\nhello\r\n006;a=\"b\" \r\n world\r\n0;x\r\nA: b\r\nC:\t\r\n\r\n";
  EXPECT_EQ(chunks.feed(std::string(bytes) + "next", body), bytes.size());
  EXPECT_TRUE(chunks.done());
  EXPECT_EQ(body, "hello world");
  EXPECT_EQ(chunks.feed("more", body), 0U);
}

TEST(ChunkedBody, may_be_empty) {
  EXPECT_EQ(body_error("0\r\n\r\n"), "");
  EXPECT_EQ(body_error("0000\r\n\r\n"), "");
}

TEST(ChunkedBody, wants_every_sign_in_its_place) {
  for (const char* bytes : {"\r\n", ";\r\n", "g\r\n", "-1\r\n", "0x1\r\n", "1\n", "1\r\r", "1\r\nab", "1\r\na\n",
                            "1\r\na\r\r", "0\r\n\r\r", "1;\n", "1;\x01", "1 \n"})
    EXPECT_EQ(body_error(bytes), "malformed chunk") << bytes;
  EXPECT_EQ(body_error("0\r\nA: \n"), "malformed trailer");
  EXPECT_EQ(body_error("0\r\nA\r\r"), "malformed chunk");
  EXPECT_EQ(body_error("1\r\na\r\n"), "not whole");
}

TEST(ChunkedBody, takes_white_space_after_a_size_only_before_an_extension_or_the_end_of_the_line) {
  for (const std::string after : {" ", "\t", " \t ", " ;x", "\t;x=y", ";x y", "; x"})
    EXPECT_EQ(body_error("1" + after + "\r\na\r\n0\r\n\r\n"), "") << after;
  for (const std::string after : {" 1", "\t1", " x", " =", "  1;x", " \x01"})
    EXPECT_EQ(body_error("1" + after + "\r\na\r\n0\r\n\r\n"), "malformed chunk") << after;
}

TEST(ChunkedBody, is_bounded) {
  EXPECT_EQ(body_error("64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n"), "");
  EXPECT_EQ(body_error("65\r\n"), "body too large");
  EXPECT_EQ(body_error("63\r\n" + std::string(99, 'x') + "\r\n2\r\n"), "body too large");
  EXPECT_EQ(body_error("10000000000000001\r\n"), "body too large");
  EXPECT_EQ(body_error("1;" + std::string(ChunkedBody::kMaxLine + 1, 'x')), "the line before a chunk is too long");
  EXPECT_EQ(body_error("1" + std::string(ChunkedBody::kMaxLine + 2, ' ')), "the line before a chunk is too long");
  EXPECT_EQ(body_error(std::string(ChunkedBody::kMaxLine + 1, '0')), "the line before a chunk is too long");
  EXPECT_EQ(body_error("0\r\n" + std::string(ChunkedBody::kMaxTrailers + 1, 'x')), "trailers too large");
}

RC_GTEST_PROP(ChunkedBody, survives_anything, (const std::string& bytes)) {
  ChunkedBody chunks(kMaxBody);
  std::string body;
  const std::size_t used = chunks.feed(bytes, body);
  RC_ASSERT(used == bytes.size() || chunks.done() || chunks.failed());
  RC_ASSERT(body.size() <= kMaxBody);
}

}  // namespace
}  // namespace suzaku::http
