#include "client/transport/long_poll_answer.hpp"

#include <gtest/gtest.h>

namespace suzaku::client::transport {
namespace {

TEST(LongPollAnswer, has_a_status_and_may_have_a_token_and_messages) {
  const auto full = read_long_poll_answer(R"({"messages":["[1,\"\u00e9\"]",""],"status":200,"token":"SFMy.x"})");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->status, 200);
  EXPECT_EQ(full->token, "SFMy.x");
  EXPECT_EQ(full->messages, (std::vector<std::string>{"[1,\"é\"]", ""}));

  const auto small = read_long_poll_answer(R"({"status":403})");
  ASSERT_TRUE(small);
  EXPECT_EQ(small->status, 403);
  EXPECT_EQ(small->token, "");
  EXPECT_TRUE(small->messages.empty());
  EXPECT_TRUE(read_long_poll_answer(R"({"status":410,"token":null})"));
}

TEST(LongPollAnswer, leaves_room_behind_each_message) {
  const auto answer = read_long_poll_answer(R"({"messages":["x","[2]"],"status":200})");
  for (const std::string& message : answer->messages) EXPECT_GE(message.capacity(), message.size() + 64);
}

TEST(LongPollAnswer, is_refused_with_the_reason_when_it_is_something_else) {
  const auto error_of = [](std::string_view body) {
    const auto answer = read_long_poll_answer(body);
    return answer ? "it is good" : answer.error().message;
  };
  for (const char* body : {"", "<html>", "{", R"({"status":200} x)", "\xff"})
    EXPECT_EQ(error_of(body), "it is no JSON");
  for (const char* body :
       {"1", "[]", "{}", R"({"status":"200"})", R"({"status":1e2})", R"({"status":-1})", R"({"status":600})"})
    EXPECT_EQ(error_of(body), "it has no \"status\"") << body;
  EXPECT_EQ(error_of(R"({"status":200,"messages":"x"})"), "its \"messages\" are no list");
  EXPECT_EQ(error_of(R"({"status":200,"messages":["x",[1]]})"), "one of its \"messages\" is no string");
}

TEST(LongPollAnswer, tells_bytes_from_texts) {
  using protocol::FrameType;
  for (const char* text : {"[1]", "{}", " []", "\t[]", "\n[]", ""}) EXPECT_EQ(type_of_polled(text), FrameType::text);
  for (const char kind : {0, 1, 2, 3, 4}) EXPECT_EQ(type_of_polled(std::string(1, kind)), FrameType::binary);
}

}  // namespace
}  // namespace suzaku::client::transport
