#pragma once

#include <cstdint>
#include <string_view>

#include <suzaku/client/channel.hpp>

namespace suzaku::client::core {

/// The state of a channel, in more detail than its public state.
enum class JoinState : std::uint8_t {
  errored,            // waits for the connection, or for the time of its next attempt
  waiting,            // waits for the connection, or for the join limiter
  requesting_params,  // waits for the params of the join
  joining,            // phx_join was sent
  joined,
  leaving,  // phx_leave was sent
  closed,
};

client::Channel::State public_state(JoinState state) noexcept;
/// For messages: "waiting to join", ...
std::string_view to_string(JoinState state) noexcept;

}  // namespace suzaku::client::core
