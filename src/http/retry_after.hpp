#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace suzaku::http {

/// A server that asks for a longer pause is taken to mean this: a day.
inline constexpr std::int64_t kMaxRetryAfterMs = 24LL * 60 * 60 * 1000;

/// The milliseconds that a Retry-After header asks to wait, from its seconds or its date; 0 when the date has passed.
/// `now_ms`: milliseconds since 1970, UTC. Nothing when the value is neither (RFC 9110, 10.2.3).
std::optional<std::int64_t> retry_after_ms(std::string_view value, std::int64_t now_ms) noexcept;

/// An HTTP date in seconds since 1970, in each of the three forms that a recipient has to know (RFC 9110, 5.6.7):
/// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994". A year of two
/// digits is the one that is at most 50 years after `now`. The name of the day is not looked at.
std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now) noexcept;

}  // namespace suzaku::http
