// Clients that do not read what they are sent.

#include <future>

#include "server_test.hpp"
#include "ws/frame.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;

class SlowReaderTest : public ServerTest {
 protected:
  SlowReaderTest() { endpoint_options.max_queued_bytes = kMegabyte; }
  Payload numbered(int i) const { return {{"i", i}, {"text", text}}; }
  static int number(WebSocketClient& client) { return next_json(client).at(4).at("i").to_number<int>(); }

  const std::string text = std::string(50'000, 'x');
};

TEST_F(SlowReaderTest, who_never_reads_is_cut_while_the_others_get_everything) {
  serve();
  WebSocketClient slow = joined("room:a");
  WebSocketClient reader = joined("room:a");
  int sent = 0;
  while (endpoint().stats().slow_consumers == 0) {
    ASSERT_LT(sent, 2000) << "100 MB were taken for a client that does not read";
    endpoint().broadcast("room:a", "n", numbered(sent));
    ASSERT_EQ(number(reader), sent++);
  }
  for (int i = 0; i < 50; ++i) {
    endpoint().broadcast("room:a", "n", numbered(sent));
    ASSERT_EQ(number(reader), sent++);
  }
  EXPECT_EQ(endpoint().stats().channels, 1u);
  // It finds whole frames, in order and without a gap, and then why it was cut.
  int found = 0;
  Received received = slow.next();
  for (; received.kind == Received::Kind::text; received = slow.next())
    EXPECT_EQ(json(received.payload).at(4).at("i"), found++);
  EXPECT_EQ(received.kind, Received::Kind::close);
  EXPECT_EQ(received.close_code, 1013) << "try again later: clients take 1008 for final";
  EXPECT_LT(found, sent);
}

TEST_F(SlowReaderTest, who_does_not_even_read_the_farewell_is_gone_after_a_while) {
  serve();
  WebSocketClient slow = joined("room:a");
  {
    WebSocketClient reader = joined("room:a");
    for (int i = 0; endpoint().stats().slow_consumers == 0; ++i) {
      endpoint().broadcast("room:a", "n", numbered(i));
      ASSERT_EQ(number(reader), i);
    }
  }
  await([&] { return endpoint().stats().sockets == 0; }, "end of the socket");
}

TEST_F(SlowReaderTest, volatile_topics_drop_the_oldest_instead) {
  channel_options.is_volatile = true;
  serve();
  WebSocketClient slow = joined("room:a");
  WebSocketClient reader = joined("room:a");
  constexpr int kCount = 1000;  // 50 MB
  for (int i = 0; i < kCount; ++i) {
    endpoint().broadcast("room:a", "n", numbered(i));
    ASSERT_EQ(number(reader), i);
  }
  int last = -1;
  int found = 0;
  while (last < kCount - 1) {
    const int i = number(slow);
    ASSERT_GT(i, last) << "in order, though with gaps";
    last = i;
    ++found;
  }
  EXPECT_LT(found, kCount);
  expect_nothing_waits(slow);
  EXPECT_EQ(endpoint().stats().slow_consumers, 0u);
}

TEST_F(SlowReaderTest, who_asks_without_reading_the_answers_is_not_heard_until_it_reads) {
  serve();
  WebSocketClient client = joined("room:a");
  const std::string request = R"({"text":")" + text + R"("})";
  constexpr int kCount = 600;  // 30 MB there and 30 MB back
  auto asking = std::async(std::launch::async, [&] {
    for (int i = 0; i < kCount; ++i) client.push("1", std::to_string(i), "room:a", "ev", request);
  });
  WebSocketClient other = connect();
  for (int i = 0; i < 20; ++i) expect_nothing_waits(other);
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(next_json(client).at(1).as_string().c_str(), std::to_string(i));
  asking.get();
  EXPECT_EQ(endpoint().stats().slow_consumers, 0u);
}

TEST_F(SlowReaderTest, who_asks_in_one_go_for_more_than_may_wait_gets_all_of_it) {
  constexpr int kCount = 600;  // 24 KB there and 30 MB back
  script.handle_in = [this](ScriptedChannel& channel, std::string_view, const Payload&) {
    return channel.reply_ok({{"text", text}});
  };
  serve();
  WebSocketClient client = joined("room:a");
  std::string requests;
  for (int i = 0; i < kCount; ++i) {
    const std::string message = R"(["1",")" + std::to_string(i) + R"(","room:a","ev",{}])";
    requests += ws::make_masked_frame(ws::Opcode::text, message, {1, 2, 3, 4}).view();
  }
  client.raw(requests);
  WebSocketClient other = connect();
  for (int i = 0; i < 20; ++i) expect_nothing_waits(other);
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(next_json(client).at(1).as_string().c_str(), std::to_string(i));
  EXPECT_EQ(endpoint().stats().slow_consumers, 0u);
}

TEST_F(SlowReaderTest, a_message_beyond_the_bound_reaches_who_reads) {
  script.handle_in = [](ScriptedChannel& channel, std::string_view, const Payload&) {
    return channel.reply_ok({{"text", std::string(5 * kMegabyte, 'y')}});
  };
  serve();
  WebSocketClient client = joined("room:a");
  client.push("1", "2", "room:a", "ev");
  EXPECT_GT(client.next_text().size(), 5 * kMegabyte);
}

}  // namespace
}  // namespace suzaku::test
