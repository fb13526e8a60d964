// Client and server understand each other, whatever they say; and nothing that a server can say does harm.
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "protocol/client_decoder.hpp"
#include "protocol/client_encoder.hpp"
#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#include "protocol/frame_bytes.hpp"
#include "protocol/json_generator.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::protocol {
namespace {

using test::Frame;
using test::generate_word;

Ref generate_ref() {
  return *rc::gen::weightedOneOf<Ref>({{1, rc::gen::just(kNoRef)},
                                       {3, rc::gen::inRange<Ref>(1, 300)},
                                       {1, rc::gen::inRange<Ref>(kForeignRef - 9, kForeignRef)}});
}

/// As our client says it, or as another one might have said it to a server that echoes.
std::string json_of(Ref ref) {
  if (ref == kNoRef) return std::string(kNull);
  const std::string digits = std::to_string(ref);
  return *rc::gen::arbitrary<bool>() ? '"' + digits + '"' : digits;
}

Version generate_version() {
  return *rc::gen::element(Version::v1, Version::v2);
}

Payload generate_object_payload() {
  return Payload::from_text(test::generate_object());
}

Payload generate_binary_payload() {
  return Payload::binary(*rc::gen::arbitrary<std::string>());
}

/// What V1 or V2 can push.
Payload generate_payload(Version version) {
  const bool binary = version == Version::v2 && *rc::gen::arbitrary<bool>();
  return binary ? generate_binary_payload() : generate_object_payload();
}

std::string word_of(std::string_view json) {
  const Json value = value_of(json);
  return {value.as_string().data(), value.as_string().size()};
}

RC_GTEST_PROP(ClientRoundTrip, a_server_reads_what_a_client_writes, ()) {
  const Version version = generate_version();
  const Payload payload = generate_payload(version);
  const Ref join_ref = generate_ref(), ref = generate_ref();
  const std::string topic = generate_word(), event = generate_word();
  std::string out;
  const FrameType type = encode_client_push(
      version, {.join_ref = join_ref, .ref = ref, .topic = topic, .event = event, .payload = payload}, out);

  const Frame frame(out);
  Decoder decoder;
  const auto message = decoder.decode(version, type, frame.view());
  RC_ASSERT(message.has_value());
  const std::string null = payload.is_binary() ? R"("")" : "null";
  RC_ASSERT(message->join_ref == (join_ref == kNoRef ? null : '"' + std::to_string(join_ref) + '"'));
  RC_ASSERT(message->ref == (ref == kNoRef ? null : '"' + std::to_string(ref) + '"'));
  RC_ASSERT(message->topic.text == topic);
  RC_ASSERT(message->event.text == event);
  RC_ASSERT(message->payload.is_binary() == payload.is_binary());
  RC_ASSERT(message->payload.is_object() == payload.is_object());
  RC_ASSERT(message->payload.raw() == payload.raw());
}

RC_GTEST_PROP(ClientRoundTrip, a_client_reads_the_replies_of_a_server, ()) {
  const Version version = generate_version();
  const bool binary = version == Version::v2 && *rc::gen::arbitrary<bool>();
  const Payload payload = binary ? generate_binary_payload() : Payload::from_text(test::generate_json());
  const Ref join_ref = generate_ref(), ref = generate_ref();
  const std::string topic = test::generate_string(), status = generate_word();
  const std::string join_ref_json = json_of(join_ref), ref_json = json_of(ref);
  std::string out;
  const FrameType type = encode_reply(
      version, {.join_ref = join_ref_json, .ref = ref_json, .topic = topic, .status = status, .payload = payload}, out);

  const Frame frame(out);
  ClientDecoder decoder;
  const auto message = decoder.decode(version, type, frame.view());
  RC_ASSERT(message.has_value());
  RC_ASSERT(message->join_ref == (version == Version::v1 ? kNoRef : join_ref));  // V1 does not tell it to clients
  RC_ASSERT(message->ref == ref);
  RC_ASSERT(message->topic == word_of(topic));
  RC_ASSERT(message->event == event::kReply);
  RC_ASSERT(message->status == status);
  RC_ASSERT(message->payload.is_binary() == payload.is_binary());
  RC_ASSERT(message->payload.is_object() == payload.is_object());
  RC_ASSERT(message->payload.raw() == payload.raw());
}

RC_GTEST_PROP(ClientRoundTrip, a_client_reads_the_pushes_and_broadcasts_of_a_server, (bool broadcast)) {
  const Version version = generate_version();
  const Payload payload = generate_payload(version);
  const Ref join_ref = broadcast ? kNoRef : generate_ref();
  const std::string topic = test::generate_string(), event = generate_word();
  const std::string join_ref_json = json_of(join_ref);
  std::string out;
  const FrameType type =
      broadcast
          ? encode_broadcast(version, topic, event, payload, out)
          : encode_push(version,
                        {.join_ref = join_ref_json, .ref = kNull, .topic = topic, .event = event, .payload = payload},
                        out);

  const Frame frame(out);
  ClientDecoder decoder;
  const auto message = decoder.decode(version, type, frame.view());
  RC_ASSERT(message.has_value());
  RC_ASSERT(message->join_ref == (version == Version::v1 ? kNoRef : join_ref));
  RC_ASSERT(message->ref == kNoRef);
  RC_ASSERT(message->topic == word_of(topic));
  RC_ASSERT(message->event == event);
  RC_ASSERT(message->status == "");
  RC_ASSERT(message->payload.is_binary() == payload.is_binary());
  RC_ASSERT(message->payload.is_object() == payload.is_object());
  RC_ASSERT(message->payload.raw() == payload.raw());
}

/// What was accepted holds what its type promises.
void check(const ServerMessage& message) {
  for (const std::string_view word : {message.topic, message.event, message.status})
    RC_ASSERT(simdjson::validate_utf8(word.data(), word.size()));
  if (message.payload.is_binary()) return;
  (void)value_of(message.payload.raw());  // throws when it is no JSON
  RC_ASSERT(message.payload.is_object() == (message.payload.raw()[0] == '{'));
}

RC_GTEST_PROP(ClientDecoder, survives_any_bytes, (const std::string& bytes, bool binary)) {
  const Frame frame(bytes);
  ClientDecoder decoder;
  const auto message = decoder.decode(generate_version(), binary ? FrameType::binary : FrameType::text, frame.view());
  if (message) check(*message);
}

RC_GTEST_PROP(ClientDecoder, survives_any_sizes_in_a_binary_header, (const std::string& rest)) {
  std::string bytes(1, *rc::gen::element('\0', '\1', '\2', '\4'));
  for (int i = 0; i < 4; ++i) bytes += *rc::gen::inRange<char>(0, 6);
  const Frame frame(bytes + rest);
  ClientDecoder decoder;
  if (const auto message = decoder.decode(Version::v2, FrameType::binary, frame.view())) check(*message);
}

/// A reply with something in it changed.
RC_GTEST_PROP(ClientDecoder, gives_nothing_but_valid_json_away, (bool v2)) {
  const std::string payload = R"({"status":"ok","response":)" + test::generate_json() + "}";
  std::string text = v2 ? R"(["1","2","room:a","phx_reply",)" + payload + "]"
                        : R"({"topic":"room:a","event":"phx_reply","ref":"2","payload":)" + payload + "}";
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
  text.replace(at, *rc::gen::inRange<std::size_t>(0, 3),
               test::pick({"", "\"", "\\", ",", "]", "}", "{", "[", "1", ":", "\xc3"}));
  const Frame frame(text);
  ClientDecoder decoder;
  if (const auto message = decoder.decode(v2 ? Version::v2 : Version::v1, FrameType::text, frame.view()))
    check(*message);
}

}  // namespace
}  // namespace suzaku::protocol
