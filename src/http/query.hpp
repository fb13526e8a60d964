#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/json.hpp>
#include <suzaku/result.hpp>

/// Query strings as Phoenix (Plug) reads them.
namespace suzaku::http {

/// Most parameters in one query string, and most brackets in one key ("a[b][c]" has two).
inline constexpr std::size_t kMaxQueryParameters = 1000;
inline constexpr std::size_t kMaxQueryDepth = 32;

/// Decodes "a=1&b[c]=2&d[]=3&d[]=4" to {"a":"1","b":{"c":"2"},"d":["3","4"]}. '+' is a space, a key without '=' is "",
/// a bad percent escape stays as it is. Of two equal keys the last wins, also when their shapes differ ("a=1&a[b]=2").
/// Fails on invalid UTF-8 after decoding, and above the limits.
Result<JsonObject> decode_query(std::string_view query);

/// Percent-decodes one component; a bad escape stays as it is. `plus_is_space` for query components.
std::string percent_decode(std::string_view text, bool plus_is_space);

/// The parts of a path between its slashes, empty ones dropped, each percent-decoded: "//socket//websocket/" has two.
/// A decoded part may hold a slash or be "..": code that opens files by it must check. Of a path with more than `most`
/// parts the first `most` + 1 are returned.
std::vector<std::string> path_segments(std::string_view path, std::size_t most = std::string_view::npos);

}  // namespace suzaku::http
