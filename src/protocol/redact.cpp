#include "protocol/redact.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "base/ascii.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::protocol {
namespace {

/// Walks over valid JSON and copies it to `out`, but for the values of secrets.
class JsonRedactor {
 public:
  JsonRedactor(std::string_view json, std::span<const std::string> secrets, std::string_view instead)
      : json_(json), at_(json), secrets_(secrets), instead_(instead) {}

  std::string run() {
    walk();
    out_ += json_.substr(copied_);
    return std::move(out_);
  }

 private:
  void walk() {
    switch (at_.peek()) {
      case '{':
        for (at_.take(); at_.peek() != '}';) {
          walk_member();
          if (at_.peek() == ',') at_.take();
        }
        at_.take();
        break;
      case '[':
        for (at_.take(); at_.peek() != ']';) {
          walk();
          if (at_.peek() == ',') at_.take();
        }
        at_.take();
        break;
      default:
        at_.value();
    }
  }

  void walk_member() {
    const std::string_view name = at_.value();
    at_.take();  // the colon
    if (!is_secret_name(name)) return walk();
    const std::string_view value = at_.value();
    const auto begin = static_cast<std::size_t>(value.data() - json_.data());
    out_ += json_.substr(copied_, begin - copied_);
    ((out_ += '"') += instead_) += '"';
    copied_ = begin + value.size();
  }

  /// `name` as it stands in the text, with its quotes and escapes.
  bool is_secret_name(std::string_view name) const {
    if (name.find('\\') == name.npos) return is_secret(name.substr(1, name.size() - 2), secrets_);
    const auto value = boost::json::parse(boost::json::string_view(name.data(), name.size()));
    return is_secret(value.get_string(), secrets_);
  }

  std::string_view json_;
  JsonCursor at_;
  std::size_t copied_ = 0;  // so much of json_
  std::span<const std::string> secrets_;
  std::string_view instead_;
  std::string out_;
};

}  // namespace

bool is_secret(std::string_view name, std::span<const std::string> secrets) {
  const auto same = [](char a, char b) { return ascii::lower(a) == ascii::lower(b); };
  return std::any_of(secrets.begin(), secrets.end(), [&](std::string_view word) {
    return std::search(name.begin(), name.end(), word.begin(), word.end(), same) != name.end();
  });
}

std::string redact_json(std::string_view json, std::span<const std::string> secrets, std::string_view instead) {
  const char first = JsonCursor(json).peek();
  return first == '{' || first == '[' ? JsonRedactor(json, secrets, instead).run() : std::string(json);
}

}  // namespace suzaku::protocol
