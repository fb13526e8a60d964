#include "protocol/frame_writing.hpp"

#include <stdexcept>

#include "protocol/json_text.hpp"

namespace suzaku::protocol {

void append(std::string& out, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) out += part;
}

void append_binary(std::string& out, BinaryKind kind, std::initializer_list<std::string_view> fields,
                   const Payload& payload) {
  out += static_cast<char>(kind);
  for (const std::string_view field : fields) {
    require_field_size(field);
    require_utf8(field);
    out += static_cast<char>(field.size());
  }
  append(out, fields);
  out += payload.raw();
}

void require_field_size(std::string_view field) {
  if (field.size() > kMaxBinaryField)
    throw std::invalid_argument("a topic, event, ref or status beside a binary payload has at most 255 bytes");
}

void require_json(const Payload& payload) {
  if (payload.is_binary()) throw std::invalid_argument("a binary payload needs serializer V2 (vsn 2.0.0)");
}

void require_object(const Payload& payload) {
  if (!payload.is_object())
    throw std::invalid_argument("the payload of a push or a broadcast must be a JSON object or binary");
}

}  // namespace suzaku::protocol
