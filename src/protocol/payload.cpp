#include <stdexcept>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <simdjson.h>

#include <suzaku/payload.hpp>

#include "protocol/strict_json.hpp"

namespace suzaku {
namespace {

Payload::Kind kind_of(std::string_view json) noexcept {
  const auto first = json.find_first_not_of(" \t\r\n");
  return first != json.npos && json[first] == '{' ? Payload::Kind::json_object : Payload::Kind::json;
}

JsonObject object_of(std::initializer_list<Payload::Member> members) {
  JsonObject object;
  for (const auto& [key, value] : members)
    object.insert_or_assign(boost::json::string_view(key.data(), key.size()), value);
  return object;
}

}  // namespace

Payload::Payload() noexcept : bytes_("{}") {}

Payload::Payload(std::initializer_list<Payload::Member> members) : Payload(serialized(Json(object_of(members)))) {}

Payload::Payload(std::string bytes, Kind kind)
    : owner_(std::make_shared<const std::string>(std::move(bytes))),
      binary_(kind == Kind::binary),
      object_(kind == Kind::json_object) {
  bytes_ = *owner_;
}

Payload::Payload(const Payload& other)
    : bytes_(other.bytes_),
      owner_(other.borrowed_ ? std::make_shared<const std::string>(other.bytes_) : other.owner_),
      parsed_(other.parsed_),
      binary_(other.binary_),
      object_(other.object_) {
  if (other.borrowed_) bytes_ = *owner_;
}

Payload& Payload::operator=(const Payload& other) {
  if (this != &other) *this = Payload(other);
  return *this;
}

Payload Payload::from_text(std::string json) {
  protocol::StrictJson parser;
  if (const auto checked = parser.check_unpadded(json); !checked)
    throw std::invalid_argument("a payload's text must be JSON: " + checked.error().message);
  const Kind kind = kind_of(json);
  return {std::move(json), kind};
}

Payload Payload::binary(std::string bytes) {
  return {std::move(bytes), Kind::binary};
}

Payload Payload::view(std::string_view bytes, Kind kind) noexcept {
  Payload payload;
  payload.bytes_ = bytes;
  payload.binary_ = kind == Kind::binary;
  payload.object_ = kind == Kind::json_object;
  payload.borrowed_ = true;
  return payload;
}

Payload Payload::serialized(const Json& value) {
  std::string text = boost::json::serialize(value);
  // Boost.JSON writes what no JSON can hold (bytes that are not UTF-8, infinities); the parser of the wire refuses it.
  return from_text(std::move(text));
}

const Json& Payload::json() const {
  if (binary_) throw std::logic_error("a binary payload has no JSON value");
  if (!parsed_) parsed_ = std::make_shared<const Json>(protocol::value_of(bytes_));
  return *parsed_;
}

}  // namespace suzaku
