#include "protocol/client_encoder.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "protocol/frame_bytes.hpp"

namespace suzaku::protocol {
namespace {

using test::bytes;

const Payload kBinary = Payload::binary(bytes("\x00\xff\x01"));
const Payload kSpacedObject = Payload::from_text(R"({"a": 1})");

std::string client_push(Version version, const Payload& payload, Ref join_ref = 1, Ref ref = 23,
                        std::string_view topic = "room:a", std::string_view event = "ev") {
  std::string out;
  const FrameType type = encode_client_push(
      version, {.join_ref = join_ref, .ref = ref, .topic = topic, .event = event, .payload = payload}, out);
  EXPECT_EQ(type, payload.is_binary() ? FrameType::binary : FrameType::text);
  return out;
}

TEST(EncodeClientPush, writes_an_array_in_v2) {
  EXPECT_EQ(client_push(Version::v2, kSpacedObject), R"(["1","23","room:a","ev",{"a": 1}])");
}

TEST(EncodeClientPush, writes_an_object_with_its_join_ref_in_v1) {
  EXPECT_EQ(client_push(Version::v1, kSpacedObject),
            R"({"topic":"room:a","event":"ev","payload":{"a": 1},"ref":"23","join_ref":"1"})");
}

TEST(EncodeClientPush, writes_sizes_and_fields_beside_bytes) {
  EXPECT_EQ(client_push(Version::v2, kBinary), bytes("\x00\x01\x02\x06\x02"
                                                     "1"
                                                     "23"
                                                     "room:a"
                                                     "ev"
                                                     "\x00\xff\x01"));
}

TEST(EncodeClientPush, writes_null_where_there_is_no_ref) {
  EXPECT_EQ(client_push(Version::v2, {}, kNoRef, 7, "phoenix", "heartbeat"), R"([null,"7","phoenix","heartbeat",{}])");
  EXPECT_EQ(client_push(Version::v2, {}, 7, kNoRef), R"(["7",null,"room:a","ev",{}])");
  EXPECT_EQ(client_push(Version::v1, {}, kNoRef, kNoRef, "t", "e"),
            R"({"topic":"t","event":"e","payload":{},"ref":null,"join_ref":null})");
  EXPECT_EQ(client_push(Version::v2, Payload::binary(""), kNoRef, kNoRef, "t", "e"), bytes("\x00\x00\x00\x01\x01te"));
}

TEST(EncodeClientPush, escapes_topic_and_event_in_text) {
  EXPECT_EQ(client_push(Version::v2, {}, 1, 2, "\xc3\xa9\"", "e\n"), "[\"1\",\"2\",\"\xc3\xa9\\\"\",\"e\\n\",{}]");
  EXPECT_EQ(client_push(Version::v1, {}, 1, 2, "\xc3\xa9\"", "e\n"),
            "{\"topic\":\"\xc3\xa9\\\"\",\"event\":\"e\\n\",\"payload\":{},\"ref\":\"2\",\"join_ref\":\"1\"}");
}

TEST(EncodeClientPush, says_the_greatest_ref) {
  EXPECT_EQ(client_push(Version::v2, {}, 1, kForeignRef - 1), R"(["1","18446744073709551614","room:a","ev",{}])");
}

TEST(EncodeClientPush, refuses_bytes_in_v1) {
  EXPECT_THROW(client_push(Version::v1, kBinary), std::invalid_argument);
}

TEST(EncodeClientPush, refuses_json_that_is_no_object) {
  for (const Version version : {Version::v1, Version::v2})
    for (const auto* json : {"null", "[]", "7", R"("a")"})
      EXPECT_THROW(client_push(version, Payload::from_text(json)), std::invalid_argument) << json;
}

TEST(EncodeClientPush, refuses_words_that_are_not_utf8) {
  for (const Version version : {Version::v1, Version::v2}) {
    EXPECT_THROW(client_push(version, kSpacedObject, 1, 2, "\xff"), std::invalid_argument);
    EXPECT_THROW(client_push(version, kSpacedObject, 1, 2, "t", "\xc3"), std::invalid_argument);
  }
  EXPECT_THROW(client_push(Version::v2, kBinary, 1, 2, "\xff"), std::invalid_argument);
  EXPECT_THROW(client_push(Version::v2, kBinary, 1, 2, "t", "\xc3"), std::invalid_argument);
}

TEST(EncodeClientPush, counts_the_bytes_of_a_word_beside_bytes_and_not_its_letters) {
  std::string fits, too_long;
  for (int i = 0; i < 127; ++i) fits += "\xc3\xa9";
  too_long = fits + "\xc3\xa9";
  EXPECT_EQ(client_push(Version::v2, kBinary, 1, 2, fits, fits).size(), 5U + 1 + 1 + 254 + 254 + 3);
  EXPECT_THROW(client_push(Version::v2, kBinary, 1, 2, too_long), std::invalid_argument);
  EXPECT_THROW(client_push(Version::v2, kBinary, 1, 2, "t", too_long), std::invalid_argument);
  EXPECT_NO_THROW(client_push(Version::v2, kSpacedObject, 1, 2, too_long, too_long));  // text knows no such limit
}

TEST(EncodeClientPush, appends) {
  std::string out = "head";
  encode_client_push(Version::v2, {.join_ref = 1, .ref = 2, .topic = "t", .event = "e", .payload = {}}, out);
  EXPECT_EQ(out, R"(head["1","2","t","e",{}])");
}

}  // namespace
}  // namespace suzaku::protocol
