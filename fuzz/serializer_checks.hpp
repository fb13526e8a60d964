#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json/error.hpp>
#include <boost/json/parse.hpp>
#include <simdjson.h>

#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"

/// What every accepted message must keep to, whichever serializer it came by.
namespace suzaku::protocol::fuzz {

inline void require(bool promise) {
  if (!promise) std::abort();
}

/// Bytes with readable ones behind them, which would show if somebody took them for the frame's.
class PaddedFrame {
 public:
  explicit PaddedFrame(std::string_view bytes)
      : size_(bytes.size()), bytes_(std::string(bytes) + std::string(simdjson::SIMDJSON_PADDING, '"')) {}
  std::string_view view() const { return std::string_view(bytes_).substr(0, size_); }

 private:
  std::size_t size_;
  std::string bytes_;
};

/// Another parser takes it for JSON too; it may only find a number too large or the text too deep for itself.
inline void require_json(std::string_view text) {
  boost::json::error_code failed;
  boost::json::parse_options options;
  options.max_depth = 2048;
  (void)boost::json::parse(boost::json::string_view(text.data(), text.size()), failed, {}, options);
  require(!failed || failed == boost::json::error::exponent_overflow);
}

/// A message in text that came from our own encoder is read back as what was said.
inline void require_same(Version version, std::string_view written, const Message& said, bool with_payload) {
  require_json(written);
  const PaddedFrame frame(written);
  Decoder decoder;
  const auto read = decoder.decode(version, FrameType::text, frame.view());
  require(read.has_value());
  require(read->ref == said.ref);
  require(read->topic.json == said.topic.json && read->topic.text == said.topic.text);
  if (version == Version::v2) require(read->join_ref == said.join_ref);
  if (!with_payload) return;
  require(read->event.text == said.event.text);
  require(read->payload.raw() == said.payload.raw());
}

inline void check_reply(Version version, const Message& message) {
  std::string out;
  encode_reply(version,
               {.join_ref = message.join_ref,
                .ref = message.ref,
                .topic = message.topic.json,
                .status = "ok",
                .payload = message.payload},
               out);
  require_same(version, out, message, false);
  require(out.find(R"({"status":"ok","response":)" + std::string(message.payload.raw()) + "}") != out.npos);
}

inline void check_push(Version version, const Message& message) {
  std::string out;
  encode_push(version,
              {.join_ref = message.join_ref,
               .ref = message.ref,
               .topic = message.topic.json,
               .event = message.event.text,
               .payload = message.payload},
              out);
  require_same(version, out, message, message.event.is_string);
}

inline void check_broadcast(Version version, const Message& message) {
  std::string out;
  encode_broadcast(version, message.topic.json, message.event.text, message.payload, out);
  Message said = message;
  said.join_ref = said.ref = kNull;
  require_same(version, out, said, message.event.is_string);
}

/// Answers and passes on a message in text, to clients of both serializers.
inline void check_text(const Message& message) {
  for (const std::string_view part :
       {message.join_ref, message.ref, message.topic.json, message.event.json, message.payload.raw()})
    require_json(part);
  require(message.payload.is_object() == (message.payload.raw().front() == '{'));
  for (const Version version : {Version::v1, Version::v2}) {
    check_reply(version, message);
    if (version == Version::v2 && !message.payload.is_object()) continue;  // only an object can be pushed
    check_push(version, message);
    check_broadcast(version, message);
  }
  require(same_ref(message.ref, message.ref));
  (void)same_ref(message.ref, message.join_ref);
}

inline int check_text_frame(Version version, std::string_view bytes) {
  const PaddedFrame frame(bytes);
  Decoder decoder;
  if (const auto message = decoder.decode(version, FrameType::text, frame.view())) check_text(*message);
  return 0;
}

}  // namespace suzaku::protocol::fuzz
