#include "http/forwarded.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/ascii.hpp"
#include "http/request_rules.hpp"

namespace suzaku::http {
namespace {

std::string_view trim(std::string_view text) noexcept {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The lines of a header, that of the nearest proxy first.
std::vector<std::string_view> lines_from_the_last(const Request& request, std::string_view name) {
  std::vector<std::string_view> lines;
  for (const auto& [header, value] : request.headers)
    if (header == name) lines.emplace_back(value);
  std::ranges::reverse(lines);
  return lines;
}

// --- values ---

std::optional<bool> parse_proto(std::string_view text) {
  const std::string proto = ascii::lower_case(text);
  if (proto == "https" || proto == "wss") return true;
  if (proto == "http" || proto == "ws") return false;
  return std::nullopt;
}

std::optional<std::string> parse_host(std::string_view text) {
  if (text.empty() || !is_host(text)) return std::nullopt;
  return std::string(text);
}

/// Sets node and port from "192.0.2.7", "192.0.2.7:80", "2001:db8::1" or "[2001:db8::1]:80"; false for other forms.
bool set_node(Hop& hop, std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return false;
    port = text.substr(end + 1);
    text = text.substr(1, end - 1);
  } else if (const auto colon = text.find(':'); colon != text.npos && colon == text.rfind(':')) {
    port = text.substr(colon);
    text = text.substr(0, colon);
  }
  if (!port.empty() && !port.starts_with(':')) return false;
  hop.node = text;
  if (!port.empty()) std::from_chars(port.data() + 1, port.data() + port.size(), hop.port);  // "_hidden" stays 0
  return true;
}

// --- X-Forwarded-* ---

/// The values of a list over all its lines, the last one first.
std::vector<std::string_view> values_from_the_last(const Request& request, std::string_view name) {
  std::vector<std::string_view> values;
  for (std::string_view line : lines_from_the_last(request, name)) {
    while (!line.empty()) {
      const auto comma = line.rfind(',');
      const std::string_view value = trim(comma == line.npos ? line : line.substr(comma + 1));
      if (!value.empty()) values.push_back(value);
      line = line.substr(0, comma == line.npos ? 0 : comma);
    }
  }
  return values;
}

/// Gives each hop its value of a list, if all of the list's values are good.
template <class Parse, class Value>
void align(std::vector<Hop>& hops, const std::vector<std::string_view>& values, Parse parse, Value Hop::* member) {
  std::vector<Value> parsed;
  for (const std::string_view value : values) {
    auto good = parse(value);
    if (!good) return;
    parsed.emplace_back(*std::move(good));
  }
  if (parsed.size() == 1) parsed.resize(hops.size(), parsed.front());
  for (std::size_t i = 0; i < std::min(hops.size(), parsed.size()); ++i) hops[i].*member = parsed[i];
}

std::vector<Hop> x_forwarded(const Request& request) {
  std::vector<Hop> hops;
  for (const std::string_view node : values_from_the_last(request, "x-forwarded-for"))
    set_node(hops.emplace_back(), node);  // of other forms: not known
  if (hops.empty()) hops.emplace_back();
  align(hops, values_from_the_last(request, "x-forwarded-proto"), parse_proto, &Hop::secure);
  align(hops, values_from_the_last(request, "x-forwarded-host"), parse_host, &Hop::host);
  return hops;
}

// --- Forwarded ---

/// Reads a line from its front.
class ForwardedLine {
 public:
  explicit ForwardedLine(std::string_view line) : rest_(line) {}

  /// Its elements in their order; nothing when it is malformed.
  std::optional<std::vector<Hop>> read() {
    std::vector<Hop> hops;
    do {
      skip_space();
      if (rest_.empty() || rest_.front() == ',') continue;  // lists may have empty elements
      if (!read_element(hops.emplace_back())) return std::nullopt;
    } while (take(','));
    if (!rest_.empty()) return std::nullopt;
    return hops;
  }

 private:
  bool read_element(Hop& hop) {
    std::vector<std::string> seen;
    do {
      skip_space();
      if (rest_.empty() || rest_.front() == ';' || rest_.front() == ',') continue;
      const auto equals = rest_.find_first_of("=,;\" \t");
      if (equals == 0 || equals == rest_.npos || rest_[equals] != '=') return false;
      std::string name = ascii::lower_case(rest_.substr(0, equals));
      rest_.remove_prefix(equals + 1);
      const auto value = read_value();
      if (!value || std::ranges::find(seen, name) != seen.end() || !set(hop, name, *value)) return false;
      seen.push_back(std::move(name));
      skip_space();
    } while (take(';'));
    return true;
  }

  /// More than a token without quotes: proxies write ports and addresses in brackets so, too.
  std::optional<std::string> read_value() {
    if (take('"')) return read_quoted();
    const auto end = std::min(rest_.find_first_of(",;\" \t"), rest_.size());
    if (end == 0) return std::nullopt;
    std::string value(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return value;
  }

  std::optional<std::string> read_quoted() {
    std::string value;
    while (!rest_.empty()) {
      if (take('"')) return value;
      if (take('\\') && rest_.empty()) break;
      value += rest_.front();
      rest_.remove_prefix(1);
    }
    return std::nullopt;
  }

  static bool set(Hop& hop, std::string_view name, std::string_view value) {
    if (name == "for") return set_node(hop, value);
    if (name == "proto") return (hop.secure = parse_proto(value)).has_value();
    if (name == "host") return !(hop.host = parse_host(value).value_or("")).empty();
    return true;  // "by", and what others have added
  }

  void skip_space() noexcept { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  bool take(char c) noexcept {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

std::vector<Hop> forwarded(const Request& request) {
  std::vector<Hop> hops;
  for (const std::string_view line : lines_from_the_last(request, "forwarded")) {
    auto elements = ForwardedLine(line).read();
    if (!elements) break;
    std::ranges::reverse(*elements);
    std::ranges::move(*elements, std::back_inserter(hops));
  }
  return hops;
}

}  // namespace

std::vector<Hop> hops(const Request& request) {
  for (const auto* name : {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"})
    if (request.header(name)) return x_forwarded(request);
  return forwarded(request);
}

}  // namespace suzaku::http
