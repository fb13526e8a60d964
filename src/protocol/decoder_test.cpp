#include "protocol/decoder.hpp"

#include <limits>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "protocol/frame_bytes.hpp"

namespace suzaku::protocol {
namespace {

using test::bytes;
using test::Frame;

class DecoderTest : public testing::Test {
 protected:
  using Decoded = tl::expected<Message, DecodeError>;
  static constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

  Decoded decode(Version version, FrameType type, std::string_view text, std::size_t max_head = kNoLimit) {
    frame_ = Frame(text);
    return decoder_.decode(version, type, frame_.view(), max_head);
  }
  Decoded v1(std::string_view text, std::size_t max_head = kNoLimit) {
    return decode(Version::v1, FrameType::text, text, max_head);
  }
  Decoded v2(std::string_view text, std::size_t max_head = kNoLimit) {
    return decode(Version::v2, FrameType::text, text, max_head);
  }
  Decoded push(std::string_view frame) { return decode(Version::v2, FrameType::binary, frame); }

 private:
  Frame frame_{""};
  Decoder decoder_;
};

TEST_F(DecoderTest, reads_a_v2_array) {
  const auto message = v2(R"(["1","2","room:lobby","shout",{"text":"hi"}])");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, R"("1")");
  EXPECT_EQ(message->ref, R"("2")");
  EXPECT_EQ(message->topic.text, "room:lobby");
  EXPECT_EQ(message->topic.json, R"("room:lobby")");
  EXPECT_EQ(message->event.text, "shout");
  EXPECT_EQ(message->payload.raw(), R"({"text":"hi"})");
  EXPECT_TRUE(message->payload.is_object());
}

TEST_F(DecoderTest, takes_white_space_wherever_json_does) {
  const auto message = v2(" \n[ null ,\t\"2\" , \"a\" ,\"b\" , { \"x\" : [ 1 ] } \r\n] \n");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, "null");
  EXPECT_EQ(message->event.text, "b");
  EXPECT_EQ(message->payload.raw(), R"({ "x" : [ 1 ] })");
}

TEST_F(DecoderTest, unescapes_topic_and_event_and_keeps_how_they_were_written) {
  const auto message = v2(R"([null,"1","room:\u00e9\/\"x\"","\u0065v",{}])");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic.text, "room:\xc3\xa9/\"x\"");
  EXPECT_EQ(message->topic.json, R"("room:\u00e9\/\"x\"")");
  EXPECT_EQ(message->event.text, "ev");
}

TEST_F(DecoderTest, ignores_what_follows_the_fifth_element) {
  const auto message = v2(R"(["1","2","a","b",{"x":"],"} , 6, {"y":[7]}])");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->payload.raw(), R"({"x":"],"})");
}

TEST_F(DecoderTest, refs_topics_and_events_may_be_any_value) {
  const auto message = v2(R"([1.50,{"a": 1},42,["e"],null])");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, "1.50");
  EXPECT_EQ(message->ref, R"({"a": 1})");
  EXPECT_FALSE(message->topic.is_string);
  EXPECT_EQ(message->topic.text, "");
  EXPECT_EQ(message->topic.json, "42");
  EXPECT_FALSE(message->event.is_string);
  EXPECT_EQ(message->event.json, R"(["e"])");
  EXPECT_EQ(message->payload.raw(), "null");
  EXPECT_FALSE(message->payload.is_object());
}

TEST_F(DecoderTest, reads_large_frames_as_it_reads_small_ones) {
  const std::string payload = R"({"a":")" + std::string(1'000'000, 'x') + R"(","n":123456789012345678901234567890})";
  for (const std::string more : {"", R"( , 6, ["],"])"}) {
    const auto message = v2(R"( [null ,"2","room:\u00e9","\u0065v", )" + payload + more + " ] ");
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_EQ(message->ref, R"("2")");
    EXPECT_EQ(message->topic.text, "room:\xc3\xa9");
    EXPECT_EQ(message->event.text, "ev");
    EXPECT_TRUE(message->payload.raw() == payload);
  }
  const auto old = v1(R"({"more":1,"payload":)" + payload + R"(,"\u0074opic":"a","event":"b","ref":7,"ref":8})");
  ASSERT_TRUE(old) << old.error().message;
  EXPECT_EQ(old->topic.text, "a");
  EXPECT_EQ(old->ref, "7") << "of a repeated key the first counts";
  EXPECT_TRUE(old->payload.raw() == payload);
  for (const std::string& wrong : {R"([null,"2","a","b",)" + payload, "[1,2," + payload + "]",
                                   "[1,2,3,4," + payload + "]]", "[1,2,3,4,{\"\xff" + payload.substr(2) + "]"})
    EXPECT_FALSE(v2(wrong));
}

TEST_F(DecoderTest, refuses_what_stands_before_the_payload_by_its_size) {
  const std::string payload = '"' + std::string(1000, 'x') + '"';
  const std::string v2_head = R"([null,"1,2,3,4",["a",{"b":[]}],"\"]",)";
  EXPECT_TRUE(v2(v2_head + payload + "]", v2_head.size()));
  EXPECT_TRUE(v2(v2_head + payload + "]", v2_head.size() - 1).error().too_long);
  EXPECT_TRUE(v2(v2_head + "{}]", v2_head.size()));
  EXPECT_TRUE(v2("[" + payload + ",2,3,4,5]", 100).error().too_long);
  EXPECT_TRUE(v2(payload, 100).error().too_long) << "not parsed";
  for (const std::string name : {"join_ref", "ref", "topic", "event"}) {
    std::string frame = R"({"more":)" + payload + R"(,"payload":)" + payload;
    for (const std::string key : {"join_ref", "ref", "topic", "event"})
      frame += ",\"" + key + "\":" + (key == name ? "\"12\"" : "\"1\"");
    EXPECT_TRUE(v1(frame + "}", 13)) << name;
    EXPECT_TRUE(v1(frame + "}", 12).error().too_long) << name;
  }
  EXPECT_FALSE(v1(payload, 100).error().too_long);
}

TEST_F(DecoderTest, integers_of_any_length_pass_as_they_are) {
  const std::string big(2000, '9');
  const auto message = v2("[" + big + ",-" + big + ",\"a\",\"b\",{\"n\":[" + big + ",\"" + big + "\"]}]");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, big);
  EXPECT_EQ(message->ref, "-" + big);
  EXPECT_EQ(message->topic.text, "a");
  EXPECT_EQ(message->payload.raw(), "{\"n\":[" + big + ",\"" + big + "\"]}");
}

TEST_F(DecoderTest, refuses_broken_v2_text) {
  for (const std::string_view wrong :
       {"", "[]", "{}", "null", "7", "\"a\"", R"(["1","2","a","b"])",
        R"({"topic":"a","event":"b","payload":{},"ref":"1"})", R"(["1","2","a","b",{}]x)", R"(["1","2","a","b",{}] [])",
        R"(["1","2","a","b",{])", R"(["1","2","a","b",{},])", R"(["1","2","a","b",1E400])",
        R"(["1","2","a","b",{"x":"\ud83d"}])", "[\"1\",\"2\",\"a\",\"b\",{\"x\":\"\xff\"}]",
        "[\"1\",\"2\",\"a\",\"b\",{\"x\":\"\n\"}]"})
    EXPECT_FALSE(v2(wrong)) << wrong;
}

TEST_F(DecoderTest, says_what_is_wrong) {
  EXPECT_EQ(v2(R"(["1","2","a","b"])").error().message,
            "a V2 message has five elements: [join_ref, ref, topic, event, payload]");
  EXPECT_EQ(v1(R"({"topic":"a"})").error().message, "a V1 message needs the keys topic, event, payload and ref");
}

TEST_F(DecoderTest, reads_a_v1_object_in_any_order) {
  const auto message = v1(R"({"ref":"1","payload":{"a":1},"x":[{"topic":9}],"event":"phx_join","topic":"room:lobby"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, "null");
  EXPECT_EQ(message->ref, R"("1")");
  EXPECT_EQ(message->topic.text, "room:lobby");
  EXPECT_EQ(message->event.text, "phx_join");
  EXPECT_EQ(message->payload.raw(), R"({"a":1})");
}

TEST_F(DecoderTest, honours_the_join_ref_of_v1) {
  const auto message = v1(R"({"topic":"a","event":"b","payload":[],"ref":2,"join_ref":"7"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, R"("7")");
  EXPECT_EQ(message->ref, "2");
  EXPECT_EQ(message->payload.raw(), "[]");
}

TEST_F(DecoderTest, of_a_repeated_key_the_first_counts) {
  const auto message =
      v1(R"({"topic":"a","topic":"z","event":"b","payload":1,"payload":2,"ref":3,"ref":4,"join_ref":5,"join_ref":6})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic.text, "a");
  EXPECT_EQ(message->payload.raw(), "1");
  EXPECT_EQ(message->ref, "3");
  EXPECT_EQ(message->join_ref, "5");
}

TEST_F(DecoderTest, knows_v1_keys_however_they_are_escaped) {
  const auto message = v1(R"({"t\u006fpic":"a","event":"b","payload":{},"ref":null})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic.text, "a");
}

TEST_F(DecoderTest, refuses_v1_objects_that_lack_a_key) {
  for (const auto* wrong : {"{}", R"({"event":"b","payload":{},"ref":"1"})", R"({"topic":"a","payload":{},"ref":"1"})",
                            R"({"topic":"a","event":"b","ref":"1"})", R"({"topic":"a","event":"b","payload":{}})",
                            R"(["1","2","a","b",{}])", "null"})
    EXPECT_FALSE(v1(wrong)) << wrong;
}

TEST_F(DecoderTest, v1_does_not_care_for_the_kind_of_frame) {
  EXPECT_TRUE(decode(Version::v1, FrameType::binary, R"({"topic":"a","event":"b","payload":{},"ref":"1"})"));
}

TEST_F(DecoderTest, reads_a_binary_push) {
  const auto message =
      push(bytes("\x00\x01\x02\x06\x05"
                 "1"
                 "23"
                 "room:a"
                 "shout"
                 "\x00\xff\x01"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, R"("1")");
  EXPECT_EQ(message->ref, R"("23")");
  EXPECT_EQ(message->topic.text, "room:a");
  EXPECT_EQ(message->topic.json, R"("room:a")");
  EXPECT_EQ(message->event.text, "shout");
  EXPECT_TRUE(message->payload.is_binary());
  EXPECT_EQ(message->payload.raw(), bytes("\x00\xff\x01"));
}

TEST_F(DecoderTest, an_empty_ref_of_a_binary_push_is_an_empty_string_and_not_null) {
  const auto message = push(bytes("\x00\x00\x00\x00\x00"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, R"("")");
  EXPECT_EQ(message->ref, R"("")");
  EXPECT_TRUE(message->topic.is_string);
  EXPECT_EQ(message->payload.raw(), "");
  EXPECT_TRUE(message->payload.is_binary());
}

TEST_F(DecoderTest, sizes_of_a_binary_push_go_up_to_255) {
  const std::string longest(255, 't');
  const auto message = push(bytes("\x00\xff\xff\xff\xff") + longest + longest + longest + longest + "data");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic.text, longest);
  EXPECT_EQ(message->payload.raw(), "data");
}

TEST_F(DecoderTest, escapes_the_fields_of_a_binary_push_when_they_become_json) {
  const auto message =
      push(bytes("\x00\x01\x01\x03\x02"
                 "\""
                 "\\"
                 "\xc3\xa9\n"
                 "\0e"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, R"("\"")");
  EXPECT_EQ(message->ref, R"("\\")");
  EXPECT_EQ(message->topic.json, "\"\xc3\xa9\\n\"");
  EXPECT_EQ(message->event.text, bytes("\0e"));
}

TEST_F(DecoderTest, refuses_broken_binary_pushes) {
  for (const std::string& wrong : {bytes(""), bytes("\x00"), bytes("\x00\x00\x00\x00"), bytes("\x01\x00\x00\x00\x00"),
                                   bytes("\x02\x01\x01"
                                         "ab"),
                                   bytes("\x00\x01\x01\x01\x01"
                                         "abc"),
                                   bytes("\x00\x00\x00\x00\xff"
                                         "abc"),
                                   bytes("\x00\x01\x00\x00\x00"
                                         "\xff"),
                                   bytes("\x00\x00\x00\x01\x00"
                                         "\xc3"),
                                   std::string(R"(["1","2","a","b",{}])")})
    EXPECT_FALSE(push(wrong)) << wrong;
}

TEST_F(DecoderTest, can_be_used_on_after_a_failure) {
  EXPECT_FALSE(v2("[1"));
  EXPECT_TRUE(v2(R"([null,"1","phoenix","heartbeat",{}])"));
}

}  // namespace
}  // namespace suzaku::protocol
