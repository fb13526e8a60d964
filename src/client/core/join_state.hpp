#pragma once

#include <cstdint>
#include <string_view>

#include <suzaku/client/channel.hpp>

namespace suzaku::client::core {

/// Where a channel is, more precisely than its public state says.
enum class Phase : std::uint8_t {
  errored,  // waits for the connection, or for the time of its next attempt
  waiting,  // wants to join: waits for the connection, or for its turn
  asking,   // waits for its params
  joining,  // phx_join is under way
  joined,
  leaving,  // phx_leave is under way
  closed,
};

client::Channel::State public_state(Phase phase) noexcept;
/// For messages: "waiting to join", ...
std::string_view to_string(Phase phase) noexcept;

}  // namespace suzaku::client::core
