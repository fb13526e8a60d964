#include "server/subprotocol.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/base64.hpp"

namespace suzaku::server {
namespace {

constexpr std::string_view kTokenPrefix = "base64url.bearer.phx.";
constexpr std::string_view kPhoenix = "phoenix";

std::vector<std::string_view> split_list(std::string_view list) {
  std::vector<std::string_view> entries;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view entry = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!entry.empty() && (entry.front() == ' ' || entry.front() == '\t')) entry.remove_prefix(1);
    while (!entry.empty() && (entry.back() == ' ' || entry.back() == '\t')) entry.remove_suffix(1);
    entries.push_back(entry);
  }
  return entries;
}

}  // namespace

tl::expected<Protocols, int> choose_protocols(const std::string* header, const SocketOptions& options) {
  Protocols result;
  if (!header) return result;
  std::vector<std::string_view> offered = split_list(*header);
  std::vector<std::string_view> allowed(options.subprotocols.begin(), options.subprotocols.end());
  if (options.auth_token) {
    allowed.insert(allowed.begin(), kPhoenix);
    const auto is_token = [](std::string_view entry) { return entry.starts_with(kTokenPrefix); };
    if (std::ranges::count_if(offered, is_token) == 1) {  // of two, neither can be trusted
      const auto token = std::ranges::find_if(offered, is_token);
      // phoenix.js sends the standard alphabet unpadded, others send that for URLs.
      result.auth_token = decode_any_base64(token->substr(kTokenPrefix.size()));
      if (!result.auth_token) return tl::unexpected(400);
      offered.erase(token);
      if (offered.empty()) return result;
    }
  }
  if (allowed.empty()) return result;  // nothing is agreed on; a browser that insists closes by itself
  for (const std::string_view protocol : allowed) {
    if (std::ranges::find(offered, protocol) == offered.end()) continue;
    result.answer = protocol;
    return result;
  }
  return tl::unexpected(403);
}

}  // namespace suzaku::server
