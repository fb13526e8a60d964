#include "client/core/redact.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "http/query.hpp"
#include "protocol/json_text.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::client::core {
namespace {

constexpr std::string_view kRedacted = "[redacted]";

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Walks over valid JSON and copies it to `out`, but for the values of secrets.
class JsonRedactor {
 public:
  JsonRedactor(std::string_view json, std::span<const std::string> secrets)
      : json_(json), at_(json), secrets_(secrets) {}

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
    ((out_ += '"') += kRedacted) += '"';
    copied_ = begin + value.size();
  }

  /// `name` as it stands in the text, with its quotes and escapes.
  bool is_secret_name(std::string_view name) const {
    if (name.find('\\') == name.npos) return is_secret(name.substr(1, name.size() - 2), secrets_);
    const auto value = boost::json::parse(boost::json::string_view(name.data(), name.size()));
    return is_secret(value.get_string(), secrets_);
  }

  std::string_view json_;
  protocol::JsonCursor at_;
  std::size_t copied_ = 0;  // so much of json_
  std::span<const std::string> secrets_;
  std::string out_;
};

/// `query` begins with its '?', and a fragment may follow; or there is only one; or nothing.
void redact_query(std::string& out, std::string_view query, std::span<const std::string> secrets) {
  const std::size_t end = std::min(query.find('#'), query.size());
  for (std::size_t i = 0; i < end;) {  // at the '?' or a '&'
    const std::size_t next = std::min(query.find('&', i + 1), end);
    const std::string_view pair = query.substr(i, next - i);
    const std::size_t value = pair.find('=') + 1;  // 0 when there is none
    const bool hide = value > 0 && is_secret(http::percent_decode(pair.substr(1, value - 2), true), secrets);
    out += hide ? pair.substr(0, value) : pair;
    if (hide) out += kRedacted;
    i = next;
  }
  out += query.substr(end);
}

}  // namespace

bool is_secret(std::string_view name, std::span<const std::string> secrets) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::any_of(secrets.begin(), secrets.end(), [&](std::string_view word) {
    return std::search(name.begin(), name.end(), word.begin(), word.end(), same) != name.end();
  });
}

std::string redact_url(std::string_view url, std::span<const std::string> secrets) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == url.npos ? 0 : scheme + 3;
  const std::size_t path = std::min(url.find_first_of("/?#", host), url.size());
  const std::size_t query = std::min(url.find_first_of("?#", path), url.size());

  std::string out(url.substr(0, host));
  const std::string_view authority = url.substr(host, path - host);
  const std::size_t at = authority.rfind('@');
  if (at != authority.npos) out += kRedacted;
  out += at == authority.npos ? authority : authority.substr(at);
  out += url.substr(path, query - path);
  redact_query(out, url.substr(query), secrets);
  return out;
}

std::string redact_json(std::string_view text, std::span<const std::string> secrets) {
  protocol::StrictJson parser;
  const auto json = parser.parse_unpadded(text);
  if (!json) return "[not JSON: " + std::to_string(text.size()) + " bytes]";
  if (!json->is_object() && !json->is_array()) return std::string(text);
  return JsonRedactor(text, secrets).run();
}

}  // namespace suzaku::client::core
