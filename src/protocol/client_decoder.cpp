#include "protocol/client_decoder.hpp"

#include <charconv>
#include <span>
#include <string>

#include "protocol/frame_reading.hpp"
#include "protocol/frame_writing.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::protocol {
namespace {

/// Bytes of an unescaped topic, event or status whose memory is kept for the next one.
constexpr std::size_t kKeptWord = 4 << 10;

/// Our refs have one spelling: digits, the first of them not 0.
Ref ref_of(std::string_view text) noexcept {
  if (text.empty()) return kNoRef;
  Ref ref = kNoRef;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.begin(), end, ref);
  return failed == std::errc{} && stop == end && text[0] != '0' ? ref : kForeignRef;
}

Ref ref_of(const Field& field) {
  if (!field.is_there() || field.text == kNull) return kNoRef;
  if (!field.is_string()) return ref_of(field.text);  // the text of a number is its digits
  std::string unescaped;
  return ref_of(field.string(unescaped));
}

/// What is wrong with the payload of a phx_reply; nothing when `message` has its status and its response.
std::string_view read_reply(ServerMessage& message, const Field& payload, std::string& unescaped) {
  if (!payload.is_object()) return R"(the payload of a phx_reply must be an object {"status", "response"})";
  Field status, response;
  find_members(payload.text, {{"status", status}, {"response", response}});
  if (!status.is_there()) return "the payload of a phx_reply has no status";
  if (!status.is_string()) return "the status of a phx_reply must be a string";
  message.status = status.string(unescaped);
  if (response.is_there()) message.payload = payload_of(response.text);
  return {};
}

/// The message of a binary frame with these fields; those that are not UTF-8 are dropped.
ServerMessage checked(ServerMessage message, std::span<const std::string_view> fields) {
  const auto good = check_utf8(fields);
  if (good) return message;
  message.status = {};
  message.payload = {};
  message.payload_error = good.error().message;
  for (std::string_view* name : {&message.topic, &message.event})
    if (!check_utf8({name, 1})) *name = {};
  return message;
}

// 00 join_ref_size topic_size event_size join_ref topic event data
Result<ServerMessage> decode_push(std::string_view frame) {
  std::array<std::string_view, 3> fields;
  const auto data = read_binary(frame, 4, fields);
  if (!data) return tl::unexpected(data.error());
  return checked({.join_ref = ref_of(fields[0]),
                  .topic = fields[1],
                  .event = fields[2],
                  .payload = Payload::view(*data, Payload::Kind::binary)},
                 fields);
}

// 01 join_ref_size ref_size topic_size status_size join_ref ref topic status data
Result<ServerMessage> decode_reply(std::string_view frame) {
  std::array<std::string_view, 4> fields;
  const auto data = read_binary(frame, 5, fields);
  if (!data) return tl::unexpected(data.error());
  return checked({.join_ref = ref_of(fields[0]),
                  .ref = ref_of(fields[1]),
                  .topic = fields[2],
                  .event = event::kReply,
                  .status = fields[3],
                  .payload = Payload::view(*data, Payload::Kind::binary)},
                 fields);
}

// 02 topic_size event_size topic event data
Result<ServerMessage> decode_broadcast(std::string_view frame) {
  std::array<std::string_view, 2> fields;
  const auto data = read_binary(frame, 3, fields);
  if (!data) return tl::unexpected(data.error());
  return checked({.topic = fields[0], .event = fields[1], .payload = Payload::view(*data, Payload::Kind::binary)},
                 fields);
}

}  // namespace

ClientDecoder::ClientDecoder() : json_(std::make_unique<StrictJson>()) {}
ClientDecoder::~ClientDecoder() = default;

Result<ServerMessage> ClientDecoder::decode(Version version, FrameType type, std::string_view frame) {
  if (type == FrameType::text) return decode_text(version, frame);
  if (version == Version::v1) return failure("a binary message came, and serializer V1 (vsn 1.0.0) has only text");
  return decode_binary(frame);
}

Result<ServerMessage> ClientDecoder::decode_text(Version version, std::string_view frame) {
  for (std::string& word : words_)
    if (word.capacity() > kKeptWord) word = {};
  const auto whole = read_text(version, *json_, frame);
  const auto fields = whole ? *whole : read_envelope(version, *json_, frame);
  if (!fields) return tl::unexpected(whole.error());
  if (!fields->topic.is_there() || !fields->event.is_there() || !fields->payload.is_there())
    return failure("a V1 message needs the keys topic, event and payload");
  ServerMessage message{.join_ref = ref_of(fields->join_ref), .ref = ref_of(fields->ref)};
  if (!fields->topic.is_string()) return failure("the topic of a message must be a string");
  if (!fields->event.is_string()) return failure("the event of a message must be a string");
  message.topic = fields->topic.string(words_[0]);
  message.event = fields->event.string(words_[1]);
  if (!whole) {
    message.payload_error = whole.error().message;
  } else if (message.event == event::kReply) {
    message.payload_error = read_reply(message, fields->payload, words_[2]);
  } else {
    message.payload = payload_of(fields->payload.text);
  }
  return message;
}

Result<ServerMessage> ClientDecoder::decode_binary(std::string_view frame) {
  if (frame.empty()) return failure("a binary message is empty");
  const auto kind = static_cast<unsigned char>(frame[0]);
  switch (BinaryKind{kind}) {
    case BinaryKind::push:
      return decode_push(frame);
    case BinaryKind::reply:
      return decode_reply(frame);
    case BinaryKind::broadcast:
      return decode_broadcast(frame);
    case BinaryKind::user_broadcast:
      return decode_user_broadcast(frame);
  }
  return failure("a binary message of kind " + std::to_string(kind) +
                 "; known are 0 (push), 1 (reply), 2 (broadcast) and 4 (user broadcast)");
}

// 04 topic_size event_size meta_size encoding topic event meta data
Result<ServerMessage> ClientDecoder::decode_user_broadcast(std::string_view frame) {
  enum Encoding : char { kBytes = 0, kJson = 1 };
  std::array<std::string_view, 3> fields;
  const auto data = read_binary(frame, 5, fields);
  if (!data) return tl::unexpected(data.error());
  const auto [topic, user_event, meta] = fields;
  ServerMessage message = checked({.topic = topic, .event = "broadcast"}, fields);
  if (!message.payload_error.empty()) return message;
  if (!meta.empty() && !json_->check(meta)) {
    message.payload_error = "the metadata of a user broadcast must be JSON";
    return message;
  }
  switch (frame[4]) {
    case kBytes:
      message.payload = Payload::view(*data, Payload::Kind::binary);
      return message;
    case kJson:
      break;
    default:
      return failure("the encoding of a user broadcast must be 0 (bytes) or 1 (JSON)");
  }
  if (const auto checked = json_->check(*data); !checked) {
    message.payload_error = "the data of a user broadcast must be JSON: " + checked.error().message;
    return message;
  }

  std::string text = R"({"type":"broadcast","event":)";
  append_json_string(text, user_event);
  append(text, {R"(,"payload":)", *data});
  if (!meta.empty()) append(text, {R"(,"meta":)", meta});
  text += '}';
  const Payload view = Payload::view(text, Payload::Kind::json_object);
  message.payload = view;  // the copy has the text for its own
  return message;
}

}  // namespace suzaku::protocol
