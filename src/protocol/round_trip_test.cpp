// What a client says comes back from the encoder as it was; and nothing that a client can say does harm.
#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#include "protocol/frame_bytes.hpp"
#include "protocol/json_generator.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::protocol {
namespace {

using test::Frame;
using test::generate_word;

RC_GTEST_PROP(RoundTrip, a_v2_message_is_read_in_its_parts, ()) {
  const auto space = [] { return test::generate_space(); };
  const std::string join_ref = test::generate_json(1);
  const std::string ref = test::generate_json(1);
  const std::string topic = test::generate_string();
  const std::string event = test::generate_string();
  const std::string payload = test::generate_json();
  std::string text = space() + "[" + space() + join_ref + space() + "," + space() + ref + space() + "," + space() +
                     topic + space() + "," + space() + event + space() + "," + space() + payload + space();
  if (*rc::gen::inRange(0, 4) == 0) text += "," + test::generate_json(1);
  const Frame frame(text + "]" + space());
  Decoder decoder;
  const auto message = decoder.decode(Version::v2, FrameType::text, frame.view());
  RC_ASSERT(message.has_value());
  RC_ASSERT(message->join_ref == join_ref);
  RC_ASSERT(message->ref == ref);
  RC_ASSERT(message->topic.json == topic);
  RC_ASSERT(message->event.json == event);
  RC_ASSERT(message->payload.raw() == payload);
  RC_ASSERT(message->payload.is_object() == (payload[0] == '{'));
}

RC_GTEST_PROP(RoundTrip, a_push_in_text_reads_back_as_it_was_written, (bool v2)) {
  const Version version = v2 ? Version::v2 : Version::v1;
  const std::string join_ref = test::generate_json(1);
  const std::string ref = test::generate_json(1);
  const std::string topic = test::generate_string();
  const std::string event = generate_word();
  const std::string payload = test::generate_object();
  std::string out;
  const FrameType type = encode_push(version,
                                     {.join_ref = join_ref,
                                      .ref = ref,
                                      .topic = topic,
                                      .event = event,
                                      .payload = Payload::view(payload, Payload::Kind::json_object)},
                                     out);
  RC_ASSERT(type == FrameType::text);
  const Frame frame(out);
  Decoder decoder;
  const auto message = decoder.decode(version, FrameType::text, frame.view());
  RC_ASSERT(message.has_value());
  RC_ASSERT(message->join_ref == (v2 ? join_ref : "null"));  // V1 does not tell it to clients
  RC_ASSERT(message->ref == ref);
  RC_ASSERT(message->topic.json == topic);
  RC_ASSERT(message->event.text == event);
  RC_ASSERT(message->payload.raw() == payload);
}

RC_GTEST_PROP(RoundTrip, a_binary_push_is_read_in_its_parts_and_answered_to_its_ref, (const std::string& data)) {
  const std::array<std::string, 4> fields = {generate_word(), generate_word(), generate_word(), generate_word()};
  std::string bytes(1, '\0');
  for (const std::string& field : fields) bytes += static_cast<char>(field.size());
  for (const std::string& field : fields) bytes += field;
  const Frame frame(bytes + data);
  Decoder decoder;
  const auto message = decoder.decode(Version::v2, FrameType::binary, frame.view());
  RC_ASSERT(message.has_value());
  RC_ASSERT(message->topic.text == fields[2]);
  RC_ASSERT(message->event.text == fields[3]);
  RC_ASSERT(message->payload.raw() == data);

  std::string reply;
  encode_reply(Version::v2,
               {.join_ref = message->join_ref,
                .ref = message->ref,
                .topic = message->topic.json,
                .status = message->event.text,
                .payload = message->payload},
               reply);
  bytes[0] = 1;
  RC_ASSERT(reply == bytes + data);  // a reply is laid out as the push it answers
}

RC_GTEST_PROP(Decoder, survives_any_bytes, (const std::string& bytes, bool v2, bool binary)) {
  const Frame frame(bytes);
  Decoder decoder;
  (void)decoder.decode(v2 ? Version::v2 : Version::v1, binary ? FrameType::binary : FrameType::text, frame.view());
}

/// A frame with something in it changed: what is accepted must be JSON in all its parts.
RC_GTEST_PROP(Decoder, gives_nothing_but_valid_json_away, (bool v2)) {
  const std::string payload = test::generate_object();
  std::string text = v2 ? R"(["1","2","room:a","ev",)" + payload + "]"
                        : R"({"topic":"room:a","event":"ev","ref":"2","payload":)" + payload + "}";
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
  text.replace(at, *rc::gen::inRange<std::size_t>(0, 3),
               test::pick({"", "\"", "\\", ",", "]", "}", "{", "[", "1", ":", "\xc3"}));
  const Frame frame(text);
  Decoder decoder;
  const auto message = decoder.decode(v2 ? Version::v2 : Version::v1, FrameType::text, frame.view());
  if (!message) return;
  for (const std::string_view part :
       {message->join_ref, message->ref, message->topic.json, message->event.json, message->payload.raw()})
    (void)value_of(part);  // throws when it is not
}

}  // namespace
}  // namespace suzaku::protocol
