#include "client/transport/long_poll_answer.hpp"

#include <gtest/gtest.h>

namespace suzaku::client::transport {
namespace {

std::vector<std::string> taken(LongPollAnswer& answer) {
  std::vector<std::string> messages;
  while (answer.messages.left() > 0) messages.emplace_back(answer.messages.next());
  return messages;
}

TEST(LongPollAnswer, has_a_status_and_may_have_a_token_and_messages) {
  auto full = read_long_poll_answer(R"({"messages":["[1,\"\u00e9\"]",""],"status":200,"token":"SFMy.x"})");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->status, 200);
  EXPECT_EQ(full->token, "SFMy.x");
  EXPECT_EQ(taken(*full), (std::vector<std::string>{"[1,\"é\"]", ""}));

  const auto small = read_long_poll_answer(R"({"status":403})");
  ASSERT_TRUE(small);
  EXPECT_EQ(small->status, 403);
  EXPECT_EQ(small->token, "");
  EXPECT_EQ(small->messages.left(), 0U);
  EXPECT_TRUE(read_long_poll_answer(R"({"status":410,"token":null})"));
}

TEST(LongPollAnswer, leaves_room_behind_each_message) {
  auto answer = read_long_poll_answer(R"({"messages":[ "x" , "[2]","\u0041\n" ],"status":200})");
  for (const char* expected : {"x", "[2]", "A\n"}) {
    const std::string_view message = answer->messages.next();
    EXPECT_EQ(message, expected);
    EXPECT_EQ(std::string(message.data(), message.size() + 64).size(), message.size() + 64);  // asan sees it
  }
  EXPECT_EQ(answer->messages.left(), 0U);
}

TEST(LongPollAnswer, has_a_limited_number_of_messages) {
  const auto answer = [](std::size_t count) {
    std::string messages;
    for (std::size_t i = 0; i < count; ++i) messages += R"("",)";
    return read_long_poll_answer(R"({"status":200,"messages":[)" + messages + R"("last"]})");
  };
  auto most = answer(kMaxPolledMessages - 1);
  ASSERT_TRUE(most) << most.error().message;
  EXPECT_EQ(taken(*most).back(), "last");
  const auto more = answer(kMaxPolledMessages);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().message, "it has more than 100000 messages");
}

TEST(LongPollAnswer, is_refused_with_the_reason_when_it_is_something_else) {
  const auto error_of = [](std::string body) {
    const auto answer = read_long_poll_answer(std::move(body));
    return answer ? "it is good" : answer.error().message;
  };
  for (const char* body : {"", "<html>", "{", R"({"status":200} x)", "\xff"})
    EXPECT_EQ(error_of(body), "it is no JSON");
  for (const char* body : {"1", "[]", "{}", R"({"status":"200"})", R"({"status":1e2})", R"({"status":-1})",
                           R"({"status":600})", R"({"status":200.0})"})
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
