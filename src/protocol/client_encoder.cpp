#include "protocol/client_encoder.hpp"

#include "protocol/frame_writing.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::protocol {
namespace {

std::string digits(Ref ref) {
  return ref == kNoRef ? std::string() : std::to_string(ref);
}

std::string json(Ref ref) {
  return ref == kNoRef ? std::string(kNull) : '"' + std::to_string(ref) + '"';
}

}  // namespace

FrameType encode_client_push(Version version, const ClientPush& push, std::string& out) {
  if (version == Version::v1) require_json(push.payload);
  if (push.payload.is_binary()) {
    append_binary(out, BinaryKind::push, {digits(push.join_ref), digits(push.ref), push.topic, push.event},
                  push.payload);
    return FrameType::binary;
  }
  require_object(push.payload);
  if (version == Version::v1) {
    append(out, {R"({"topic":)"});
    append_json_string(out, push.topic);
    append(out, {R"(,"event":)"});
    append_json_string(out, push.event);
    append(out, {R"(,"payload":)", push.payload.raw(), R"(,"ref":)", json(push.ref), R"(,"join_ref":)",
                 json(push.join_ref), "}"});
  } else {
    append(out, {"[", json(push.join_ref), ",", json(push.ref), ","});
    append_json_string(out, push.topic);
    append(out, {","});
    append_json_string(out, push.event);
    append(out, {",", push.payload.raw(), "]"});
  }
  return FrameType::text;
}

}  // namespace suzaku::protocol
