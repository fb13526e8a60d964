#include "client/transport/long_poll_outbox.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace suzaku::client::transport {
namespace {

using protocol::FrameType;

TEST(LongPollOutbox, joins_messages_that_are_lines) {
  LongPollOutbox outbox;
  outbox.add(FrameType::text, "[1]");
  outbox.add(FrameType::binary, std::string_view("\x00\xff\x10", 3));
  outbox.add(FrameType::text, "[2]");
  EXPECT_EQ(outbox.bytes(), 10U);
  const auto batch = outbox.take();
  EXPECT_EQ(batch.content_type, "application/x-ndjson");
  EXPECT_EQ(batch.body, "[1]\nAP8Q\n[2]");
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0U);
}

TEST(LongPollOutbox, leaves_alone_what_is_no_line) {
  LongPollOutbox outbox;
  for (const char* text : {R"({"a":1})", "[1,\n2]", " [1]", ""}) {
    outbox.add(FrameType::text, "[0]");
    outbox.add(FrameType::text, text);
    EXPECT_EQ(outbox.take().body, "[0]");
    const auto batch = outbox.take();
    EXPECT_EQ(batch.content_type, "application/json");
    EXPECT_EQ(batch.body, text);
  }
}

TEST(LongPollOutbox, keeps_requests_small_but_for_one_large_message) {
  LongPollOutbox outbox;
  const std::string large = '[' + std::string(LongPollOutbox::kMostBytes, '1') + ']';
  const std::string half = '[' + std::string(LongPollOutbox::kMostBytes / 2, '1') + ']';
  for (const std::string& message : {large, half, half, std::string("[1]")}) outbox.add(FrameType::text, message);
  EXPECT_EQ(outbox.take().body, large);
  EXPECT_EQ(outbox.take().body, half);
  EXPECT_EQ(outbox.take().body, half + "\n[1]");
}

RC_GTEST_PROP(LongPollOutbox, sends_every_message_once_and_in_order, ()) {
  const auto kinds = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10));
  LongPollOutbox outbox;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    all.push_back((kinds[i] == 0 ? "{" : "[") + std::to_string(i));
    outbox.add(FrameType::text, all.back());
  }
  std::vector<std::string> got;
  while (!outbox.empty()) {
    const auto batch = outbox.take();
    std::istringstream lines(batch.body);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) got.push_back(line);
    RC_ASSERT(count <= LongPollOutbox::kMostLines);
    RC_ASSERT(count == 1 || batch.content_type == "application/x-ndjson");
  }
  RC_ASSERT(got == all);
  RC_ASSERT(outbox.bytes() == 0U);
}

}  // namespace
}  // namespace suzaku::client::transport
