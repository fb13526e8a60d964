// What a real Phoenix sent (tests/conformance/golden.json), read by the client's decoder.
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <boost/algorithm/hex.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "protocol/client_decoder.hpp"
#include "protocol/frame_bytes.hpp"

namespace suzaku::protocol {
namespace {

using test::Frame;

std::string_view text_of(const Json& value) {
  return {value.as_string().data(), value.as_string().size()};
}

JsonArray transcripts() {
  std::ifstream file(SUZAKU_GOLDEN);
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str()).as_array();
}

Ref ref_of(const Json& value) {
  return value.is_null() ? kNoRef : std::stoull(std::string(text_of(value)));
}

/// The fields of a recorded text frame, in V2's order.
JsonArray fields_of(const Json& frame) {
  if (frame.is_array()) return frame.get_array();
  const auto member = [&](const char* name) {
    const Json* value = frame.as_object().if_contains(name);
    return value ? *value : Json();
  };
  return {member("join_ref"), member("ref"), member("topic"), member("event"), member("payload")};
}

void expect_text(ClientDecoder& decoder, Version version, const Json& recorded) {
  const Frame frame(boost::json::serialize(recorded));
  const auto message = decoder.decode(version, FrameType::text, frame.view());
  ASSERT_TRUE(message) << message.error().message;
  const JsonArray fields = fields_of(recorded);
  EXPECT_EQ(message->join_ref, ref_of(fields[0]));
  EXPECT_EQ(message->ref, ref_of(fields[1]));
  EXPECT_EQ(message->topic, text_of(fields[2]));
  EXPECT_EQ(message->event, text_of(fields[3]));
  const bool reply = message->event == event::kReply;
  EXPECT_EQ(message->status, reply ? text_of(fields[4].at("status")) : "");
  EXPECT_EQ(message->payload.json(), reply ? fields[4].at("response") : fields[4]);
}

TEST(ClientGolden, reads_every_text_frame_of_a_real_phoenix) {
  ClientDecoder decoder;
  std::size_t frames = 0;
  for (const Json& script : transcripts()) {
    const Version version = script.at("vsn") == "1.0.0" ? Version::v1 : Version::v2;
    for (const Json& entry : script.at("log").as_array()) {
      if (!entry.as_object().contains("recv")) continue;
      SCOPED_TRACE(boost::json::serialize(entry));
      expect_text(decoder, version, entry.at("recv"));
      ++frames;
    }
  }
  EXPECT_GT(frames, 150U);
}

TEST(ClientGolden, reads_every_binary_frame_of_a_real_phoenix) {
  ClientDecoder decoder;
  std::size_t frames = 0;
  for (const Json& script : transcripts()) {
    for (const Json& entry : script.at("log").as_array()) {
      if (!entry.as_object().contains("recv_hex")) continue;
      SCOPED_TRACE(boost::json::serialize(entry));
      const Frame frame(boost::algorithm::unhex(std::string(text_of(entry.at("recv_hex")))));
      const auto message = decoder.decode(Version::v2, FrameType::binary, frame.view());
      ASSERT_TRUE(message) << message.error().message;
      EXPECT_EQ(message->topic, "room:lobby");
      EXPECT_EQ(message->event, message->ref == kNoRef ? "bin_shout" : "phx_reply");
      EXPECT_TRUE(message->payload.is_binary());
      EXPECT_FALSE(message->payload.raw().empty());
      ++frames;
    }
  }
  EXPECT_GE(frames, 3U);
}

}  // namespace
}  // namespace suzaku::protocol
