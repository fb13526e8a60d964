#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "protocol/client_decoder.hpp"
#include "protocol/frame_bytes.hpp"

namespace suzaku::protocol {
namespace {

using test::bytes;
using test::Frame;

class ClientDecoderBinaryTest : public testing::Test {
 protected:
  Result<ServerMessage> binary(std::string_view frame, Version version = Version::v2) {
    frame_ = Frame(frame);
    return decoder_.decode(version, FrameType::binary, frame_.view());
  }
  std::string failure_of(const Result<ServerMessage>& message) {
    return message ? "it was read" : message.error().message;
  }

 private:
  Frame frame_{""};
  ClientDecoder decoder_;
};

TEST_F(ClientDecoderBinaryTest, reads_a_binary_push) {
  const auto message =
      binary(bytes("\x00\x02\x06\x05"
                   "12"
                   "room:a"
                   "shout"
                   "\x00\xff\x01"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, 12U);
  EXPECT_EQ(message->ref, kNoRef);
  EXPECT_EQ(message->topic, "room:a");
  EXPECT_EQ(message->event, "shout");
  EXPECT_TRUE(message->payload.is_binary());
  EXPECT_EQ(message->payload.raw(), bytes("\x00\xff\x01"));
}

TEST_F(ClientDecoderBinaryTest, reads_a_binary_reply) {
  const auto message =
      binary(bytes("\x01\x01\x02\x06\x02"
                   "1"
                   "23"
                   "room:a"
                   "ok"
                   "\x00\xff\x01"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, 1U);
  EXPECT_EQ(message->ref, 23U);
  EXPECT_EQ(message->topic, "room:a");
  EXPECT_EQ(message->event, "phx_reply");
  EXPECT_EQ(message->status, "ok");
  EXPECT_EQ(message->payload.raw(), bytes("\x00\xff\x01"));
}

TEST_F(ClientDecoderBinaryTest, reads_a_binary_broadcast) {
  const auto message =
      binary(bytes("\x02\x06\x05"
                   "room:a"
                   "shout"
                   "\x00"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, kNoRef);
  EXPECT_EQ(message->ref, kNoRef);
  EXPECT_EQ(message->topic, "room:a");
  EXPECT_EQ(message->event, "shout");
  EXPECT_EQ(message->payload.raw(), bytes("\x00"));
}

TEST_F(ClientDecoderBinaryTest, an_empty_ref_of_a_binary_frame_is_none_and_words_are_foreign) {
  const auto none = binary(bytes("\x01\x00\x00\x00\x00"));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->join_ref, kNoRef);
  EXPECT_EQ(none->ref, kNoRef);
  EXPECT_TRUE(none->payload.is_binary());
  EXPECT_EQ(none->payload.raw(), "");
  const auto words =
      binary(bytes("\x01\x02\x04\x00\x00"
                   "01"
                   "null"));
  ASSERT_TRUE(words);
  EXPECT_EQ(words->join_ref, kForeignRef);
  EXPECT_EQ(words->ref, kForeignRef);
}

TEST_F(ClientDecoderBinaryTest, sizes_of_a_binary_frame_go_up_to_255) {
  const std::string longest(255, 't');
  const auto message = binary(bytes("\x02\xff\xff") + longest + longest + "data");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic, longest);
  EXPECT_EQ(message->event, longest);
  EXPECT_EQ(message->payload.raw(), "data");
}

TEST_F(ClientDecoderBinaryTest, refuses_every_shorter_piece_of_a_binary_header) {
  for (const std::string& whole : {bytes("\x00\x01\x01\x01jte"), bytes("\x01\x01\x01\x01\x01jrts"),
                                   bytes("\x02\x01\x01te"), bytes("\x04\x01\x01\x04\x00tenull")}) {
    ASSERT_TRUE(binary(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(binary(whole.substr(0, size))) << size;
  }
}

TEST_F(ClientDecoderBinaryTest, empties_fields_of_a_binary_frame_that_are_not_utf8) {
  const auto with_bad = [this](std::string whole, std::size_t at) {
    whole[at] = '\xc3';
    auto message = binary(whole);
    EXPECT_TRUE(message) << at;
    return message ? *message : ServerMessage{};
  };
  const auto expect = [](const ServerMessage& message, Ref join_ref, Ref ref, std::string_view topic,
                         std::string_view event) {
    EXPECT_EQ(message.join_ref, join_ref);
    EXPECT_EQ(message.ref, ref);
    EXPECT_EQ(message.topic, topic);
    EXPECT_EQ(message.event, event);
    EXPECT_EQ(message.status, "");
    EXPECT_EQ(message.payload.raw(), "{}");
    EXPECT_TRUE(message.payload_error.starts_with("the fields of a binary message must be UTF-8")) << event;
  };
  const std::string reply = bytes(
      "\x01\x01\x01\x01\x01"
      "12tsdata");
  expect(with_bad(reply, 5), kForeignRef, 2, "t", "phx_reply");
  expect(with_bad(reply, 6), 1, kForeignRef, "t", "phx_reply");
  expect(with_bad(reply, 7), 1, 2, "", "phx_reply");
  expect(with_bad(reply, 8), 1, 2, "t", "phx_reply");
  const std::string push = bytes(
      "\x00\x01\x01\x01"
      "1tedata");
  expect(with_bad(push, 5), 1, kNoRef, "", "e");
  expect(with_bad(push, 6), 1, kNoRef, "t", "");
  expect(with_bad(bytes("\x02\x01\x01tedata"), 4), kNoRef, kNoRef, "t", "");
  const std::string user_broadcast = bytes("\x04\x01\x01\x00\x01te{}");
  expect(with_bad(user_broadcast, 5), kNoRef, kNoRef, "", "broadcast");
  expect(with_bad(user_broadcast, 6), kNoRef, kNoRef, "t", "broadcast");
}

TEST_F(ClientDecoderBinaryTest, says_what_is_wrong_with_a_binary_frame) {
  EXPECT_EQ(failure_of(binary("")), "a binary message is empty");
  EXPECT_EQ(failure_of(binary("\x03")),
            "a binary message of kind 3; known are 0 (push), 1 (reply), 2 (broadcast) and 4 (user broadcast)");
  EXPECT_EQ(failure_of(binary("\xff\x01\x01")).substr(0, 28), "a binary message of kind 255");
  EXPECT_EQ(failure_of(binary(bytes("\x02\x01"))), "a binary message is shorter than its header: 2 bytes instead of 3");
  EXPECT_EQ(failure_of(binary(bytes("\x01\x01\x01\x09\x01jrts"))),
            "a binary message is shorter than the sizes in its header: field 3 of 4 has 9 bytes, 2 are left");
  EXPECT_EQ(binary(bytes("\x02\x01\x01t\xff"))->payload_error,
            "the fields of a binary message must be UTF-8, and field 2 of 2 is not");
  EXPECT_EQ(failure_of(binary(bytes("\x02\x01\x01te"), Version::v1)),
            "a binary message came, and serializer V1 (vsn 1.0.0) has only text");
}

TEST_F(ClientDecoderBinaryTest, shows_a_user_broadcast_as_supabase_does) {
  const auto plain =
      binary(bytes("\x04\x01\x06\x00\x01"
                   "t"
                   "e\"\xc3\xa9\nx"
                   R"({"a": 1})"));
  ASSERT_TRUE(plain) << failure_of(plain);
  EXPECT_EQ(plain->join_ref, kNoRef);
  EXPECT_EQ(plain->ref, kNoRef);
  EXPECT_EQ(plain->topic, "t");
  EXPECT_EQ(plain->event, "broadcast");
  EXPECT_TRUE(plain->payload.is_object());
  EXPECT_EQ(plain->payload.raw(), "{\"type\":\"broadcast\",\"event\":\"e\\\"\xc3\xa9\\nx\",\"payload\":{\"a\": 1}}");

  const auto with_meta = binary(bytes("\x04\x01\x01\x0f\x01te") + R"({"replayed":1})" + " [1, 2]");
  ASSERT_TRUE(with_meta) << failure_of(with_meta);
  EXPECT_EQ(with_meta->payload.json(),
            Payload::from_text(R"({"type":"broadcast","event":"e","payload":[1,2],"meta":{"replayed":1}})").json());
}

TEST_F(ClientDecoderBinaryTest, a_user_broadcast_of_bytes_carries_them_alone) {
  const auto message = binary(bytes("\x04\x01\x01\x02\x00te{}\x00\xff"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic, "t");
  EXPECT_EQ(message->event, "broadcast");
  EXPECT_TRUE(message->payload.is_binary());
  EXPECT_EQ(message->payload.raw(), bytes("\x00\xff"));
}

TEST_F(ClientDecoderBinaryTest, says_what_is_wrong_with_user_broadcasts_that_would_not_make_json) {
  for (const std::string wrong : {"", "{", "1,\"event\":2", "1}", "\"\xff\"", R"("\ud800")"}) {
    const auto message = binary(bytes("\x04\x01\x01\x00\x01te") + wrong);
    ASSERT_TRUE(message) << wrong;
    EXPECT_EQ(message->topic, "t");
    EXPECT_EQ(message->payload_error.substr(0, 42), "the data of a user broadcast must be JSON:");
  }
  for (const char encoding : {'\0', '\1'}) {
    const auto message = binary(bytes("\x04\x01\x01\x03") + encoding + "te1,2{}");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->payload_error, "the metadata of a user broadcast must be JSON");
  }
  EXPECT_EQ(failure_of(binary(bytes("\x04\x01\x01\x00\x02te{}"))),
            "the encoding of a user broadcast must be 0 (bytes) or 1 (JSON)");
}

TEST_F(ClientDecoderBinaryTest, the_deepest_json_can_be_parsed_where_it_ends_up) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  std::size_t depth = 1020;
  const auto broadcast = [&] { return binary(bytes("\x04\x01\x01\x00\x01te") + nested(depth + 1)); };
  while (broadcast()->payload_error.empty()) ++depth;
  ASSERT_LT(depth, 1030U);
  const auto deepest = binary(bytes("\x04\x01\x01\x00\x01te") + nested(depth));
  ASSERT_TRUE(deepest);
  EXPECT_NO_THROW((void)deepest->payload.json());
}

TEST_F(ClientDecoderBinaryTest, can_be_used_on_after_a_failure) {
  EXPECT_FALSE(binary("\x07"));
  EXPECT_NE(binary(bytes("\x04\x01\x01\x00\x01te["))->payload_error, "");
  EXPECT_TRUE(binary(bytes("\x04\x01\x01\x00\x01te[]")));
}

}  // namespace
}  // namespace suzaku::protocol
