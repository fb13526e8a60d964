#include "protocol/client_decoder.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/frame_bytes.hpp"

namespace suzaku::protocol {
namespace {

using test::Frame;

class ClientDecoderTest : public testing::Test {
 protected:
  Result<ServerMessage> decode(Version version, std::string_view text) {
    frame_ = Frame(text);
    return decoder_.decode(version, FrameType::text, frame_.view());
  }
  Result<ServerMessage> v1(std::string_view text) { return decode(Version::v1, text); }
  Result<ServerMessage> v2(std::string_view text) { return decode(Version::v2, text); }

  std::string failure_of(const Result<ServerMessage>& message) {
    return message ? "it was read" : message.error().message;
  }

 private:
  Frame frame_{""};
  ClientDecoder decoder_;
};

TEST_F(ClientDecoderTest, reads_a_push) {
  const auto message = v2(R"(["1",null,"room:lobby","shout",{"text": "hi"}])");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, 1U);
  EXPECT_EQ(message->ref, kNoRef);
  EXPECT_EQ(message->topic, "room:lobby");
  EXPECT_EQ(message->event, "shout");
  EXPECT_EQ(message->status, "");
  EXPECT_EQ(message->payload.raw(), R"({"text": "hi"})");
  EXPECT_TRUE(message->payload.is_object());
}

TEST_F(ClientDecoderTest, reads_a_broadcast) {
  const auto message = v2(R"([null,null,"room:lobby","shout",{}])");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, kNoRef);
  EXPECT_EQ(message->ref, kNoRef);
}

TEST_F(ClientDecoderTest, reads_a_reply) {
  for (const auto* text : {R"(["1","12","room:a","phx_reply",{"status":"ok","response":{"a": [1]}}])",
                           R"([ "1", "12", "room:a", "phx_reply", { "response" : {"a": [1]} , "status" : "ok" } ])",
                           R"(["1","12","room:a","phx_reply",{"x":[{}],"status":"ok","response":{"a": [1]}},6])"}) {
    const auto message = v2(text);
    ASSERT_TRUE(message) << text;
    EXPECT_EQ(message->join_ref, 1U);
    EXPECT_EQ(message->ref, 12U);
    EXPECT_EQ(message->event, "phx_reply");
    EXPECT_EQ(message->status, "ok");
    EXPECT_EQ(message->payload.raw(), R"({"a": [1]})");
    EXPECT_TRUE(message->payload.is_object());
  }
}

TEST_F(ClientDecoderTest, a_response_may_be_any_value_and_is_an_empty_object_when_missing) {
  for (const std::string json : {"null", "[1, 2]", "7.0", "\"a\"", "123456789012345678901234567890"}) {
    const auto message = v2(R"(["1","2","t","phx_reply",{"status":"error","response":)" + json + "}]");
    ASSERT_TRUE(message) << json;
    EXPECT_EQ(message->status, "error");
    EXPECT_EQ(message->payload.raw(), json);
    EXPECT_FALSE(message->payload.is_object());
  }
  const auto message = v2(R"(["1","2","t","phx_reply",{"status":"timed \"out\""}])");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->status, R"(timed "out")");
  EXPECT_EQ(message->payload.raw(), "{}");
  EXPECT_TRUE(message->payload.is_object());
}

TEST_F(ClientDecoderTest, takes_digits_for_our_ref_and_everything_else_for_a_foreign_one) {
  const std::pair<std::string, Ref> refs[] = {
      {"null", kNoRef},
      {R"("")", kNoRef},
      {R"("12")", 12},
      {R"("\u0031\u0032")", 12},
      {"12", 12},
      {"18446744073709551614", kForeignRef - 1},
      {R"("18446744073709551614")", kForeignRef - 1},
      {"18446744073709551615", kForeignRef},
      {"18446744073709551616", kForeignRef},
      {"1000000000000000000000000000001", kForeignRef},
      {R"("99999999999999999999")", kForeignRef},
      {"0", kForeignRef},
      {R"("0")", kForeignRef},
      {R"("012")", kForeignRef},
      {R"("+12")", kForeignRef},
      {R"("-12")", kForeignRef},
      {R"(" 12")", kForeignRef},
      {R"("12 ")", kForeignRef},
      {R"("12\u0000")", kForeignRef},
      {"-12", kForeignRef},
      {"12.0", kForeignRef},
      {"12e0", kForeignRef},
      {R"("abc")", kForeignRef},
      {R"("null")", kForeignRef},
      {"true", kForeignRef},
      {"false", kForeignRef},
      {"[12]", kForeignRef},
      {R"({"a":12})", kForeignRef},
  };
  for (const auto& [json, ref] : refs) {
    const auto in_v2 = v2("[" + json + "," + json + R"(,"t","e",{}])");
    ASSERT_TRUE(in_v2) << json;
    EXPECT_EQ(in_v2->join_ref, ref) << json;
    EXPECT_EQ(in_v2->ref, ref) << json;
    const auto in_v1 = v1(R"({"topic":"t","event":"e","payload":{},"ref":)" + json + R"(,"join_ref":)" + json + "}");
    ASSERT_TRUE(in_v1) << json;
    EXPECT_EQ(in_v1->join_ref, ref) << json;
    EXPECT_EQ(in_v1->ref, ref) << json;
  }
}

TEST_F(ClientDecoderTest, reads_a_v1_object_in_any_order) {
  const auto push = v1(R"({"x":[{"topic":9}],"payload":[1],"ref":null,"event":"shout","topic":"room:a"})");
  ASSERT_TRUE(push);
  EXPECT_EQ(push->topic, "room:a");
  EXPECT_EQ(push->event, "shout");
  EXPECT_EQ(push->ref, kNoRef);
  EXPECT_EQ(push->payload.raw(), "[1]");

  const auto reply =
      v1(R"({"topic":"room:a","ref":"2","payload":{"status":"ok","response":{"a":1}},"event":"phx_reply"})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->join_ref, kNoRef);
  EXPECT_EQ(reply->ref, 2U);
  EXPECT_EQ(reply->status, "ok");
  EXPECT_EQ(reply->payload.raw(), R"({"a":1})");
}

TEST_F(ClientDecoderTest, v1_may_leave_out_the_refs) {
  const auto message = v1(R"({"topic":"t","event":"e","payload":{}})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->join_ref, kNoRef);
  EXPECT_EQ(message->ref, kNoRef);
}

TEST_F(ClientDecoderTest, unescapes_topic_and_event) {
  const auto message = v2(R"([null,"1","room:\u00e9\/\"x\"","phx\u005freply",{"stat\u0075s":"\u006fk"}])");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic, "room:\xc3\xa9/\"x\"");
  EXPECT_EQ(message->event, "phx_reply");
  EXPECT_EQ(message->status, "ok");
}

TEST_F(ClientDecoderTest, of_a_repeated_key_the_first_counts) {
  const auto message = v1(
      R"({"topic":"a","topic":"z","event":"phx_reply","payload":{"status":"ok","status":7,"response":1,"response":2},)"
      R"("payload":3,"ref":4,"ref":5})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic, "a");
  EXPECT_EQ(message->status, "ok");
  EXPECT_EQ(message->payload.raw(), "1");
  EXPECT_EQ(message->ref, 4U);
}

TEST_F(ClientDecoderTest, refuses_text_that_is_not_json) {
  for (const std::string_view wrong : {"", " ", "x", "[",
                                       R"(["1","2","a","b",{}])"
                                       R"(])",
                                       R"(["1","2","a","b",{])", "[\"1\",\"2\",\"a\xff,\"b\",{}]"}) {
    EXPECT_FALSE(v2(wrong)) << wrong;
    EXPECT_FALSE(v1(wrong)) << wrong;
  }
}

TEST_F(ClientDecoderTest, says_what_is_wrong_with_a_v2_array) {
  for (const auto* wrong : {"{}", "null", "7", "\"a\"", R"({"topic":"a","event":"b","payload":{}})"})
    EXPECT_EQ(failure_of(v2(wrong)), "a V2 message must be an array [join_ref, ref, topic, event, payload]");
  for (const auto* wrong : {"[]", "[1]", R"(["1","2","a","b"])"})
    EXPECT_EQ(failure_of(v2(wrong)), "a V2 message has five elements: [join_ref, ref, topic, event, payload]");
  for (const auto* wrong : {"null", "7", "{}", "[\"t\"]"}) {
    const std::string json = wrong;
    EXPECT_EQ(failure_of(v2("[null,null," + json + R"(,"e",{}])")), "the topic of a message must be a string");
    EXPECT_EQ(failure_of(v2(R"([null,null,"t",)" + json + ",{}]")), "the event of a message must be a string");
  }
}

TEST_F(ClientDecoderTest, says_what_is_wrong_with_a_v1_object) {
  EXPECT_EQ(failure_of(v1(R"([null,null,"t","e",{}])")), "a V1 message must be an object");
  for (const auto* wrong :
       {"{}", R"({"event":"b","payload":{}})", R"({"topic":"a","payload":{}})", R"({"topic":"a","event":"b"})"})
    EXPECT_EQ(failure_of(v1(wrong)), "a V1 message needs the keys topic, event and payload");
  EXPECT_EQ(failure_of(v1(R"({"topic":1,"event":"e","payload":{}})")), "the topic of a message must be a string");
  EXPECT_EQ(failure_of(v1(R"({"topic":"t","event":null,"payload":{}})")), "the event of a message must be a string");
}

TEST_F(ClientDecoderTest, says_what_is_wrong_with_the_payload_of_a_reply) {
  const auto error_of = [&](std::string_view payload) {
    const std::string text(payload);
    const auto in_v2 = v2(R"(["1","2","t","phx_reply",)" + text + "]");
    const auto in_v1 = v1(R"({"topic":"t","event":"phx_reply","ref":"2","payload":)" + text + "}");
    EXPECT_TRUE(in_v2 && in_v1) << text;
    if (!in_v2 || !in_v1) return std::string("the frame was refused");
    EXPECT_EQ(in_v1->payload_error, in_v2->payload_error);
    EXPECT_EQ(in_v2->status, "");
    return in_v2->payload_error;
  };
  for (const auto* wrong : {"null", "[]", "\"ok\""})
    EXPECT_EQ(error_of(wrong), R"(the payload of a phx_reply must be an object {"status", "response"})");
  EXPECT_EQ(error_of(R"({"response":{}})"), "the payload of a phx_reply has no status");
  for (const auto* wrong : {R"({"status":null})", R"({"status":7})", R"({"response":{},"status":["ok"]})"})
    EXPECT_EQ(error_of(wrong), "the status of a phx_reply must be a string");
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST_F(ClientDecoderTest, reads_the_envelope_of_a_message_whose_payload_is_not_valid_json) {
  const std::string large = std::string(300'000, ' ');  // which another parser checks
  for (const std::string& payload :
       {std::string(R"({"x":"\ud800"})"), std::string("1e400"), std::string(R"({"x":-1E999})"), nested(1'200),
        std::string(R"({"x":[1,2,)") + large + R"("\udc00 ]\",["]})", large + R"({"y":1e400})", std::string("{]"),
        std::string(R"({"a" "b"})"), std::string("hello")}) {
    const auto in_v2 = v2(R"([ "1","2" , "room:\u00e9","sh\"out" ,)" + payload + "] ");
    ASSERT_TRUE(in_v2) << payload.substr(0, 50);
    EXPECT_EQ(in_v2->join_ref, 1U);
    EXPECT_EQ(in_v2->ref, 2U);
    EXPECT_EQ(in_v2->topic, "room:\xc3\xa9");
    EXPECT_EQ(in_v2->event, "sh\"out");
    EXPECT_NE(in_v2->payload_error, "");
    EXPECT_EQ(in_v2->payload.raw(), "{}");
    const auto in_v1 = v1(R"({"payload":)" + payload + R"(,"x":7,"topic":"t" , "ref": 2,"event":"phx_reply"})");
    ASSERT_TRUE(in_v1) << payload.substr(0, 50);
    EXPECT_EQ(in_v1->topic, "t");
    EXPECT_EQ(in_v1->ref, 2U);
    EXPECT_EQ(in_v1->event, "phx_reply");
    EXPECT_NE(in_v1->payload_error, "");
  }
}

TEST_F(ClientDecoderTest, empties_a_topic_or_event_that_is_a_string_and_cannot_be_read) {
  for (const std::string bad : {R"("\ud800")", R"("a\udc00b")", R"("\x")", "\"a\tb\"", "\"\xff\""}) {
    const auto expect_no_topic = [&](const Result<ServerMessage>& reply) {
      ASSERT_TRUE(reply) << bad;
      EXPECT_EQ(reply->topic, "");
      EXPECT_EQ(reply->event, "phx_reply");
      EXPECT_EQ(reply->ref, 2U);
      EXPECT_NE(reply->payload_error, "");
      EXPECT_EQ(reply->payload.raw(), "{}");
    };
    expect_no_topic(v2(R"(["1","2",)" + bad + R"(,"phx_reply",{"status":"ok","response":{}}])"));
    expect_no_topic(v1(R"({"topic":)" + bad + R"(,"event":"phx_reply","ref":"2","payload":{"status":"ok"}})"));
    const auto event = v2(R"([null,null,"room:1",)" + bad + ",{}]");
    ASSERT_TRUE(event) << bad;
    EXPECT_EQ(event->topic, "room:1");
    EXPECT_EQ(event->event, "");
    EXPECT_NE(event->payload_error, "");
    const auto refs = v2("[" + bad + "," + bad + R"(,"a","phx_reply",{"status":"ok"}])");
    ASSERT_TRUE(refs) << bad;
    EXPECT_EQ(refs->join_ref, kForeignRef);
    EXPECT_EQ(refs->ref, kForeignRef);
    EXPECT_EQ(refs->topic, "a");
    EXPECT_NE(refs->payload_error, "");
  }
}

TEST_F(ClientDecoderTest, refuses_an_envelope_that_cannot_be_read) {
  const std::string bad = R"({"x":"\ud800"})";
  for (const std::string& wrong : std::vector<std::string>{
           "[" + bad, "[" + bad + "]", R"(["1","2","a",)" + bad + "]", R"(["1","2","a",1e400,{}])",
           R"(["1",1e400,"a","b",)" + bad + "]", R"([,"2","a","b",)" + bad + "]", R"(["1","2","a","b",])",
           R"(["1","2","a","b",)" + bad + "][]", R"(["1","2","a","b",)" + bad + "}]", R"(["1","2","a","b","x)",
           R"(["1","2","a","b","x\")", R"(["1","2",7,"b",)" + bad + "]", bad + "[]", std::string(1'200, '[')}) {
    EXPECT_FALSE(v2(wrong)) << wrong.substr(0, 50);
    EXPECT_FALSE(v1(wrong)) << wrong.substr(0, 50);
  }
  for (const std::string& wrong : std::vector<std::string>{R"({"topic":"a","event":"b","payload":)" + bad,
                                                           R"({"topic":"a","payload":)" + bad + "}",
                                                           R"({"topic" "a","event":"b","payload":)" + bad + "}",
                                                           R"({"topic":"a","event":"b","payload":{},"ref":1e400})"})
    EXPECT_FALSE(v1(wrong)) << wrong;
}

TEST_F(ClientDecoderTest, can_be_used_on_after_a_failure) {
  EXPECT_FALSE(v2("[1"));
  EXPECT_TRUE(v2(R"([null,"1","phoenix","phx_reply",{"status":"ok","response":{}}])"));
}

}  // namespace
}  // namespace suzaku::protocol
