#include "protocol/decoder.hpp"

#include <cstddef>

#include "protocol/frame_reading.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::protocol {
namespace {

Name name_of(const Field& field) noexcept {
  std::string_view text;
  if (field.value.get_string().get(text)) return {.text = {}, .json = field.text, .is_string = false};
  return {.text = text, .json = field.text, .is_string = true};
}

}  // namespace

Decoder::Decoder() : json_(std::make_unique<StrictJson>()) {}
Decoder::~Decoder() = default;

Result<Message> Decoder::decode(Version version, FrameType type, std::string_view frame) {
  if (version == Version::v2 && type == FrameType::binary) return decode_push(frame);
  const auto fields = read_text(version, *json_, frame);
  if (!fields) return tl::unexpected(fields.error());
  if (!fields->topic.is_there() || !fields->event.is_there() || !fields->payload.is_there() || !fields->ref.is_there())
    return failure("a V1 message needs the keys topic, event, payload and ref");
  return Message{.join_ref = fields->join_ref.is_there() ? fields->join_ref.text : kNull,
                 .ref = fields->ref.text,
                 .topic = name_of(fields->topic),
                 .event = name_of(fields->event),
                 .payload = payload_of(fields->payload.text)};
}

// 00 join_ref_size ref_size topic_size event_size join_ref ref topic event data
Result<Message> Decoder::decode_push(std::string_view frame) {
  if (frame.empty() || frame[0] != static_cast<char>(BinaryKind::push))
    return failure("a binary message begins with 00 and the sizes of join_ref, ref, topic and event");
  std::array<std::string_view, 4> fields;
  const auto data = read_binary(frame, 5, fields);
  if (!data) return tl::unexpected(data.error());
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
