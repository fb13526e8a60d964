#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/json.hpp>
#include <suzaku/result.hpp>

/// Query strings as Phoenix (Plug) reads them.
namespace suzaku::http {

/// Decodes "a=1&b[c]=2&d[]=3&d[]=4" to {"a":"1","b":{"c":"2"},"d":["3","4"]}. '+' is a space, a key without '=' is "",
/// the last of two equal keys wins, a bad percent escape stays as it is. Fails on invalid UTF-8 after decoding.
Result<JsonObject> decode_query(std::string_view query);

/// Percent-decodes one component; a bad escape stays as it is. `plus_is_space` for query components.
std::string percent_decode(std::string_view text, bool plus_is_space);

/// The parts of a path between its slashes, empty ones dropped, each percent-decoded: "//socket//websocket/" -> two parts.
std::vector<std::string> path_segments(std::string_view path);

}  // namespace suzaku::http
