#include "protocol/encoder.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "protocol/frame_bytes.hpp"

namespace suzaku::protocol {
namespace {

using test::bytes;

const Payload kBytes = Payload::binary(bytes("\x00\xff\x01"));
const Payload kObject = Payload::from_text(R"({"a":1})");
const Payload kList = Payload::from_text("[1, 2]");

/// The frame, and that it has the kind that its payload asks for.
template <class Encode>
std::string encoded(const Payload& payload, Encode encode) {
  std::string out;
  const FrameType type = encode(out);
  EXPECT_EQ(type, payload.is_binary() ? FrameType::binary : FrameType::text);
  return out;
}
std::string reply(Version version, const Payload& payload, std::string_view status = "ok",
                  std::string_view ref = R"("2")", std::string_view topic = R"("room:a")",
                  std::string_view join_ref = R"("1")") {
  const Reply message{.join_ref = join_ref, .ref = ref, .topic = topic, .status = status, .payload = payload};
  return encoded(payload, [&](std::string& out) { return encode_reply(version, message, out); });
}
std::string push(Version version, const Payload& payload, std::string_view event = "ev", std::string_view ref = kNull,
                 std::string_view topic = R"("room:a")", std::string_view join_ref = R"("1")") {
  const Push message{.join_ref = join_ref, .ref = ref, .topic = topic, .event = event, .payload = payload};
  return encoded(payload, [&](std::string& out) { return encode_push(version, message, out); });
}
std::string broadcast(Version version, const Payload& payload, std::string_view event = "bin_shout",
                      std::string_view topic = R"("room:a")") {
  return encoded(payload, [&](std::string& out) { return encode_broadcast(version, topic, event, payload, out); });
}

TEST(EncodeV2, replies) {
  EXPECT_EQ(reply(Version::v2, kObject), R"(["1","2","room:a","phx_reply",{"status":"ok","response":{"a":1}}])");
  EXPECT_EQ(reply(Version::v2, kList, "a \"word\""),
            R"(["1","2","room:a","phx_reply",{"status":"a \"word\"","response":[1, 2]}])");
  EXPECT_EQ(reply(Version::v2, {}, "error", "7", "42", "null"),
            R"([null,7,42,"phx_reply",{"status":"error","response":{}}])");
}

TEST(EncodeV2, pushes) {
  EXPECT_EQ(push(Version::v2, kObject), R"(["1",null,"room:a","ev",{"a":1}])");
  EXPECT_EQ(push(Version::v2, {}, "phx_close", R"("1")"), R"(["1","1","room:a","phx_close",{}])");
  EXPECT_EQ(push(Version::v2, {}, "e\"v\n"), R"(["1",null,"room:a","e\"v\n",{}])");
}

TEST(EncodeV2, broadcasts) {
  EXPECT_EQ(broadcast(Version::v2, kObject, "ev"), R"([null,null,"room:a","ev",{"a":1}])");
}

TEST(EncodeV1, replies_without_a_join_ref) {
  EXPECT_EQ(reply(Version::v1, kObject),
            R"({"topic":"room:a","event":"phx_reply","ref":"2","payload":{"status":"ok","response":{"a":1}}})");
}

TEST(EncodeV1, pushes_and_broadcasts_any_json) {
  EXPECT_EQ(push(Version::v1, kObject), R"({"topic":"room:a","event":"ev","ref":null,"payload":{"a":1}})");
  EXPECT_EQ(push(Version::v1, kList, "phx_close", "1"),
            R"({"topic":"room:a","event":"phx_close","ref":1,"payload":[1, 2]})");
  EXPECT_EQ(broadcast(Version::v1, kList, "ev"), R"({"topic":"room:a","event":"ev","ref":null,"payload":[1, 2]})");
}

TEST(EncodeV1, cannot_say_bytes) {
  EXPECT_THROW(reply(Version::v1, kBytes), std::invalid_argument);
  EXPECT_THROW(push(Version::v1, kBytes), std::invalid_argument);
  EXPECT_THROW(broadcast(Version::v1, kBytes), std::invalid_argument);
}

TEST(EncodeBinary, replies) {
  EXPECT_EQ(reply(Version::v2, kBytes), bytes("\x01\x01\x01\x06\x02"
                                              "1"
                                              "2"
                                              "room:a"
                                              "ok"
                                              "\x00\xff\x01"));
}

TEST(EncodeBinary, pushes_have_no_ref) {
  EXPECT_EQ(push(Version::v2, kBytes), bytes("\x00\x01\x06\x02"
                                             "1"
                                             "room:a"
                                             "ev"
                                             "\x00\xff\x01"));
}

TEST(EncodeBinary, broadcasts) {
  EXPECT_EQ(broadcast(Version::v2, kBytes), bytes("\x02\x06\x09"
                                                  "room:a"
                                                  "bin_shout"
                                                  "\x00\xff\x01"));
}

TEST(EncodeBinary, writes_null_as_nothing_and_numbers_as_their_digits) {
  EXPECT_EQ(reply(Version::v2, kBytes, "ok", "23", "42", "null"), bytes("\x01\x00\x02\x02\x02"
                                                                        "23"
                                                                        "42"
                                                                        "ok"
                                                                        "\x00\xff\x01"));
}

TEST(EncodeBinary, writes_what_an_escaped_topic_means) {
  EXPECT_EQ(broadcast(Version::v2, Payload::binary(""), "e", R"("\u00e9\n\"")"), bytes("\x02\x04\x01"
                                                                                       "\xc3\xa9\n\""
                                                                                       "e"));
}

TEST(EncodeBinary, fields_have_at_most_255_bytes) {
  const std::string fits(255, 'x');
  const std::string too_long(256, 'x');
  const std::string fits_quoted = '"' + fits + '"';
  const std::string too_long_quoted = '"' + too_long + '"';
  EXPECT_EQ(broadcast(Version::v2, kBytes, fits, fits_quoted).size(), 3 + 255 + 255 + 3);
  EXPECT_THROW(broadcast(Version::v2, kBytes, too_long), std::invalid_argument);
  EXPECT_THROW(broadcast(Version::v2, kBytes, "e", too_long_quoted), std::invalid_argument);
  EXPECT_THROW(reply(Version::v2, kBytes, too_long), std::invalid_argument);
  EXPECT_THROW(reply(Version::v2, kBytes, "ok", too_long_quoted), std::invalid_argument);
  EXPECT_THROW(push(Version::v2, kBytes, "e", kNull, R"("t")", too_long_quoted), std::invalid_argument);
  EXPECT_NO_THROW(broadcast(Version::v2, kObject, too_long, too_long_quoted));  // text knows no such limit
}

TEST(EncodeBinary, refs_that_are_objects_or_arrays_cannot_be_said) {
  EXPECT_THROW(reply(Version::v2, kBytes, "ok", R"({"a":1})"), std::invalid_argument);
  EXPECT_THROW(push(Version::v2, kBytes, "e", kNull, "[1]"), std::invalid_argument);
}

TEST(EncodeV2, pushes_and_broadcasts_carry_objects_or_bytes_only) {
  EXPECT_THROW(push(Version::v2, kList), std::invalid_argument);
  EXPECT_THROW(broadcast(Version::v2, kList), std::invalid_argument);
  EXPECT_NO_THROW(reply(Version::v2, kList));
}

TEST(Encode, refuses_words_that_are_not_utf8) {
  EXPECT_THROW(reply(Version::v2, kObject, "\xff"), std::invalid_argument);
  EXPECT_THROW(push(Version::v2, kObject, "\xff"), std::invalid_argument);
  EXPECT_THROW(broadcast(Version::v1, kObject, "\xff"), std::invalid_argument);
  EXPECT_THROW(reply(Version::v2, kBytes, "\xff"), std::invalid_argument);
  EXPECT_THROW(push(Version::v2, kBytes, "\xff"), std::invalid_argument);
  EXPECT_THROW(broadcast(Version::v2, kBytes, "\xff"), std::invalid_argument);
}

TEST(Encode, appends) {
  std::string out = "head";
  encode_broadcast(Version::v2, R"("t")", "e", {}, out);
  EXPECT_EQ(out, R"(head[null,null,"t","e",{}])");
}

}  // namespace
}  // namespace suzaku::protocol
