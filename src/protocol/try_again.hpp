#pragma once

#include <cstdint>
#include <string_view>

/// What may be tried again. The one table for both sides: the server chooses its codes, statuses and reasons by it, the
/// client and the webhooks decide by it. Users of the client can decide otherwise: ReconnectOptions::stop_codes and
/// stop_when_refused, RejoinOptions::retry_refused.
namespace suzaku::protocol {

/// Whether another connection may last after a close frame with this code.
constexpr bool may_try_again_after_close(std::uint16_t code) noexcept {
  return code != 1008 && code != 3000;  // policy violation; unauthorized
}

/// Whether the same HTTP request may succeed later, because its refusal has to do with the moment.
constexpr bool may_try_again_after_http(int status) noexcept {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599);
}

/// Whether the same HTTP request may succeed with other credentials, and only with them.
constexpr bool needs_other_credentials(int status) noexcept {
  return status == 401 || status == 403;
}

/// The reasons for which Phoenix and our server refuse a join, as the "reason" of the reply.
namespace join_refusal {
inline constexpr std::string_view kUnmatchedTopic = "unmatched topic";
inline constexpr std::string_view kTopicTooLong = "topic too long";
inline constexpr std::string_view kTooManyChannels = "too many channels joined";
inline constexpr std::string_view kJoinCrashed = "join crashed";
inline constexpr std::string_view kJoinCancelled = "join cancelled";
inline constexpr std::string_view kJoinTimeout = "join timeout";
}  // namespace join_refusal

/// Whether the same join may succeed later on the same connection. A channel's own reasons are unknown here: they may.
constexpr bool may_try_again_after_join(std::string_view reason) noexcept {
  return reason != join_refusal::kTooManyChannels;
}

}  // namespace suzaku::protocol
