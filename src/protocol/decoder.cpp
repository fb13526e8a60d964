#include "protocol/decoder.hpp"

#include <cstddef>

#include "protocol/frame_reading.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::protocol {
namespace {

Name name_of(const Field& field, std::string& unescaped) {
  if (!field.is_string()) return {.text = {}, .json = field.text, .is_string = false};
  return {.text = field.string(unescaped), .json = field.text, .is_string = true};
}

tl::unexpected<DecodeError> malformed(const std::string& why) {
  return tl::unexpected<DecodeError>({{why}, false});
}

tl::unexpected<DecodeError> too_long(std::size_t max_head) {
  return tl::unexpected<DecodeError>(
      {{"join_ref, ref, topic and event have more than " + std::to_string(max_head) + " bytes"}, true});
}

}  // namespace

Decoder::Decoder() : json_(std::make_unique<StrictJson>()) {}
Decoder::~Decoder() = default;

tl::expected<Message, DecodeError> Decoder::decode(Version version, FrameType type, std::string_view frame,
                                                   std::size_t max_head) {
  if (version == Version::v2 && type == FrameType::binary) return decode_push(frame);
  if (version == Version::v2 && !head_ends_within(frame, max_head)) return too_long(max_head);
  const auto fields = read_text(version, *json_, frame);
  if (!fields) return malformed(fields.error().message);
  if (!fields->topic.is_there() || !fields->event.is_there() || !fields->payload.is_there() || !fields->ref.is_there())
    return malformed("a V1 message needs the keys topic, event, payload and ref");
  if (fields->head_size() > max_head) return too_long(max_head);
  return Message{.join_ref = fields->join_ref.is_there() ? fields->join_ref.text : kNull,
                 .ref = fields->ref.text,
                 .topic = name_of(fields->topic, names_[2]),
                 .event = name_of(fields->event, names_[3]),
                 .payload = payload_of(fields->payload.text)};
}

// 00 join_ref_size ref_size topic_size event_size join_ref ref topic event data
tl::expected<Message, DecodeError> Decoder::decode_push(std::string_view frame) {
  if (frame.empty() || frame[0] != static_cast<char>(BinaryKind::push))
    return malformed("a binary message begins with 00 and the sizes of join_ref, ref, topic and event");
  std::array<std::string_view, 4> fields;
  const auto data = read_binary(frame, 5, fields);
  if (!data) return malformed(data.error().message);
  if (const auto checked = check_utf8(fields); !checked) return malformed(checked.error().message);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    names_[i].clear();
    append_json_string(names_[i], fields[i]);
  }
  return Message{.join_ref = names_[0],
                 .ref = names_[1],
                 .topic = {.text = fields[2], .json = names_[2], .is_string = true},
                 .event = {.text = fields[3], .json = names_[3], .is_string = true},
                 .payload = Payload::view(*data, Payload::Kind::binary)};
}

}  // namespace suzaku::protocol
