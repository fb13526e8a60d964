#pragma once

#include <optional>
#include <string_view>

#include "http/refusal.hpp"
#include "http/request.hpp"

namespace suzaku::http {

/// What RFC 9112 asks of a whole head beyond its syntax: one way to know the body's length, one Host, a target of a
/// form that fits the method, no expectation that we cannot meet. Nothing when all is in order.
std::optional<Refusal> check_rules(const Request& request);

/// host[:port] as RFC 3986 writes it, less the comma (a sign of two hosts joined by a proxy).
bool is_host(std::string_view text) noexcept;

/// Brings an absolute target ("http://a.example/x?y", which a server must accept) to its path and query; its authority
/// takes the place of the Host header's value (RFC 9112, 3.2.2). Leaves every other target as it is.
void resolve_absolute_target(Request& request);

}  // namespace suzaku::http
