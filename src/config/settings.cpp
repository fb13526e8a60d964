#include "config/settings.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <boost/json/parse.hpp>

#include "client/core/url.hpp"
#include "config/json_value.hpp"
#include "config/spelling.hpp"
#include "config/words.hpp"
#include "net/ip.hpp"

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;
using signals::Restart;
constexpr Words<Restart, 3> kRestarts = {
    {{"permanent", Restart::permanent}, {"transient", Restart::transient}, {"temporary", Restart::temporary}}};

Result<std::string> parse_pointer(std::string_view text) {
  if (!text.starts_with('/')) return unexpected_value(text, "a JSON pointer such as /user/id");
  for (std::size_t at = text.find('~'); at != text.npos; at = text.find('~', at + 1))
    if (const char next = at + 1 < text.size() ? text[at + 1] : ' '; next != '0' && next != '1')
      return unexpected_value(text, "a JSON pointer, where ~ is written as ~0 and / in a name as ~1");
  return std::string(text);
}

void read_where(const Value& value, signals::Filter& filter) {
  Mapping where(value);
  if (const auto pointer = where.require("pointer")) pointer->read(filter.pointer, parse_pointer);
  if (const auto equals = where.require("equals"))
    if (const auto json = json_of(*equals, false)) {
      boost::json::error_code failed;
      filter.equals = boost::json::parse(*json, failed);
      if (failed) equals->complain("found a value that is too large for JSON");
    }
  where.finish();
}

/// Whether nobody on the way can read what is sent to this host.
bool is_private(const std::string& url) {
  const auto parsed = client::core::parse_url(url);
  return !parsed || parsed->is_secure || net::is_loopback_host(parsed->host);
}

}  // namespace

void read_restart(Mapping& mapping, signals::RestartOptions& options) {
  mapping.read("restart", options.restart, one_of(kRestarts));
  mapping.read("max_restarts", options.max_restarts, count_in({}));
  mapping.read("restart_period", options.period, time_from(1ms));
}

void read_filters(Mapping& mapping, std::vector<signals::Filter>& filters) {
  const auto list = mapping.find("filters");
  if (!list) return;
  for (const Value& item : list->items()) {
    Mapping said(item);
    signals::Filter& filter = filters.emplace_back();
    said.read("topic", filter.topic, parse_text);
    said.read("event", filter.event, parse_text);
    if (const auto where = said.find("where")) read_where(*where, filter);
    said.finish();
  }
}

std::vector<client::Header> read_headers(const Value& value) {
  std::vector<client::Header> headers;
  for (const auto& [name, text] : value.entries())
    if (auto secret = text.secret()) headers.push_back({name, std::move(secret->value)});
  return headers;
}

std::optional<std::string> read_secret(const Value& value) {
  std::string secret;
  return value.read_secret(secret, parse_text) ? std::optional(std::move(secret)) : std::nullopt;
}

void read_backoff(const Value& value, client::ExponentialBackoff& backoff) {
  Mapping mapping(value);
  mapping.read("first", backoff.first, time_from(0ms));
  mapping.read("factor", backoff.factor, number_in(1, 1'000));
  mapping.read("max", backoff.max, time_from(0ms));
  mapping.read("jitter", backoff.jitter, number_in(0, 1));
  mapping.finish();
  if (backoff.max < backoff.first) value.complain("max is shorter than first; expected at least the same");
}

std::optional<Payload> read_object(const Value& value) {
  if (!value.is(YamlNode::Kind::mapping)) {
    if (!value.is(YamlNode::Kind::nothing)) value.complain_of_shape("a mapping");
    return {};
  }
  const auto json = json_of(value, true);
  if (!json) return {};
  try {
    return Payload::from_text(*json);
  } catch (const std::invalid_argument&) {
    value.complain("holds a number that is too large for JSON; put it in quotes");
    return {};
  }
}

void read_url(Mapping& mapping, std::string& url, bool production,
              const std::function<std::optional<std::string>(const Text&)>& complaint) {
  bool allow_insecure = false;
  mapping.read("allow_insecure", allow_insecure, parse_switch);
  const auto value = mapping.require("url");
  if (!value) return;
  const auto text = value->secret();
  if (!text) return;
  url = text->value;
  value->reading().record(value->key(), url);  // it is read once, also from a file
  if (const auto wrong = complaint(*text)) {
    value->complain(*wrong);
  } else if (production && !allow_insecure && !is_private(url)) {
    value->complain(
        "found a URL without TLS, expected wss:// or https:// in production; `allow_insecure: true` beside it permits "
        "this one");
  }
}

std::function<Result<std::size_t>(std::string_view)> one_of_names(std::string what, std::vector<std::string> names) {
  return [what = std::move(what), names = std::move(names)](std::string_view text) -> Result<std::size_t> {
    const auto found = std::ranges::find(names, text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    if (const auto meant = nearest_name(text, names))
      return unexpected_value(text, what + "; did you mean " + *meant + "?");
    std::string all;
    for (const std::string& name : names) all.append(all.empty() ? "" : ", ").append(name);
    return unexpected_value(text, what + (all.empty() ? "; there is none" : "; known: " + all));
  };
}

}  // namespace suzaku::config
