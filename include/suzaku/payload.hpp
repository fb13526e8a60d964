#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <suzaku/json.hpp>

namespace suzaku {

/// What a message carries: JSON or bytes. Immutable and cheap to copy.
///
/// JSON is kept as the text it arrived in and forwarded byte for byte, so big integers, key order and the spelling of
/// numbers survive; it is parsed only when json() is called. The text of a Payload is always valid JSON in valid
/// UTF-8.
///
/// One Payload object belongs to one thread at a time; copies are independent of each other.
class Payload {
 public:
  /// The empty object, {}.
  Payload() noexcept;

  /// A member of a JSON object. The value is anything that a Json can be made of, or a string of any kind.
  struct Member {
    Member(std::string_view name, Json content) : key(name), value(std::move(content)) {}
    template <std::convertible_to<std::string_view> Text>
      requires(!std::same_as<Text, std::nullptr_t>)  // that is JSON's null
    Member(std::string_view name, const Text& text) : key(name), value(string(text)) {}

    std::string_view key;
    Json value;

   private:
    static Json string(std::string_view text) { return Json(boost::json::string_view(text.data(), text.size())); }
  };

  /// A JSON object of these members: `{{"reason", "unauthorized"}, {"retry_in", 5}}`.
  Payload(std::initializer_list<Member> members);

  /// Any JSON value. Throws std::invalid_argument when a string in it is not UTF-8 or a number is not finite.
  template <class J>
    requires std::same_as<std::remove_cvref_t<J>, Json>
  Payload(const J& value) : Payload(serialized(value)) {}

  /// JSON that exists as text already. Throws std::invalid_argument when it is not valid JSON.
  static Payload from_text(std::string json);

  /// Bytes. Travels in a binary frame (serializer V2 only: `vsn` 2.0.0).
  static Payload binary(std::string bytes);

  Payload(const Payload& other);
  Payload(Payload&& other) noexcept = default;
  Payload& operator=(const Payload& other);
  Payload& operator=(Payload&& other) noexcept = default;
  ~Payload() = default;

  bool is_binary() const noexcept { return binary_; }

  /// True for a JSON object: what a push or a broadcast must carry (replies may carry any value).
  bool is_object() const noexcept { return object_; }

  /// The JSON text, or the bytes. Valid as long as this object.
  std::string_view raw() const noexcept { return bytes_; }

  /// The parsed value; parsed once per object. Throws std::logic_error for a binary payload.
  const Json& json() const;

  /// For the framework: a payload that views a received, already validated frame. Only the copies of it own their
  /// bytes.
  enum class Kind { json, json_object, binary };
  static Payload view(std::string_view bytes, Kind kind) noexcept;

 private:
  static Payload serialized(const Json& value);
  Payload(std::string bytes, Kind kind);

  std::string_view bytes_;
  std::shared_ptr<const std::string> owner_;
  mutable std::shared_ptr<const Json> parsed_;
  bool binary_ = false;
  bool object_ = true;
  bool borrowed_ = false;
};

}  // namespace suzaku
