#include "pubsub/broadcast.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "pubsub/fake_client.hpp"

namespace suzaku::pubsub {
namespace {

using protocol::Version;

constexpr FrameVariant kV1{Version::v1, false};
constexpr FrameVariant kV2{Version::v2, false};

TEST(Broadcast, is_written_for_each_serializer) {
  ws::Deflater deflater;
  const Broadcast broadcast("room:a", "ev", {{"a", 1}});
  EXPECT_EQ(test::text_of(broadcast.frame(kV2, deflater)), R"([null,null,"room:a","ev",{"a":1}])");
  EXPECT_EQ(test::text_of(broadcast.frame(kV1, deflater)),
            R"({"topic":"room:a","event":"ev","ref":null,"payload":{"a":1}})");
}

TEST(Broadcast, bytes_travel_in_a_binary_frame_and_not_at_all_to_v1) {
  ws::Deflater deflater;
  const Broadcast broadcast("room:a", "ev", Payload::binary("xyz"));
  const SharedBytes& frame = broadcast.frame(kV2, deflater);
  EXPECT_EQ(static_cast<unsigned char>(frame.view()[0]), 0x82);
  EXPECT_EQ(test::text_of(frame), "\x02\x06\x02room:aevxyz");
  EXPECT_FALSE(broadcast.frame(kV1, deflater));
}

TEST(Broadcast, is_compressed_for_those_who_want_that_when_it_is_worth_it) {
  ws::Deflater deflater;
  const Broadcast large("room:a", "ev", {{"text", std::string(2000, 'a')}});
  EXPECT_LT(large.frame({Version::v2, true}, deflater).size(), 200U);
  EXPECT_EQ(static_cast<unsigned char>(large.frame({Version::v2, true}, deflater).view()[0]), 0xc1);
  EXPECT_GT(large.frame(kV2, deflater).size(), 2000U);
}

TEST(Broadcast, cannot_be_made_of_what_some_client_could_not_be_sent) {
  const Payload data = Payload::binary("xyz");
  const std::string fits(255, 'x');
  const std::string too_long(256, 'x');
  for (const char* text : {"5", "null", "[]", "\"text\""})
    EXPECT_THROW(Broadcast("room:a", "ev", Payload::from_text(text)), std::invalid_argument) << text;
  EXPECT_THROW(Broadcast("room:a", "\xff", {}), std::invalid_argument);
  EXPECT_THROW(Broadcast("room:a", "\xff", data), std::invalid_argument);
  EXPECT_THROW(Broadcast(too_long, "ev", data), std::invalid_argument);
  EXPECT_THROW(Broadcast("room:a", too_long, data), std::invalid_argument);
  EXPECT_NO_THROW(Broadcast(fits, fits, data));
  EXPECT_NO_THROW(Broadcast(too_long, too_long, {}));  // text knows no such limit
}

TEST(Broadcast, cannot_have_an_event_of_the_protocol_itself) {
  for (const char* event : {"phx_join", "phx_leave", "phx_reply", "phx_close", "phx_error"})
    EXPECT_THROW(Broadcast("room:a", event, {}), std::invalid_argument) << event;
  EXPECT_NO_THROW(Broadcast("room:a", "phx_other", {}));
}

TEST(Broadcast, its_frame_is_made_once_however_many_threads_ask) {
  const Broadcast broadcast("room:a", "ev", {{"text", std::string(500, 'a')}});
  std::array<std::vector<const char*>, 4> seen;
  std::vector<std::thread> threads;
  for (auto& mine : seen)
    threads.emplace_back([&mine, &broadcast] {
      ws::Deflater deflater;
      for (const Version version : {Version::v1, Version::v2})
        for (const bool compressed : {false, true})
          mine.push_back(broadcast.frame({version, compressed}, deflater).data());
    });
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : seen) EXPECT_EQ(mine, seen.front());
}

}  // namespace
}  // namespace suzaku::pubsub
