#pragma once

#include <string_view>

#include <suzaku/client/channel.hpp>
#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/reply.hpp>

#include "cli/failure.hpp"

namespace suzaku::program {

/// Why a connection, a channel or a push failed, with the exit code, and with the option that may help.
Failure failure_of(const client::Disconnect& reason);
Failure failure_of(std::string_view topic, const client::ChannelError& error);
/// `reply` is not ok.
Failure failure_of(std::string_view event, const client::Reply& reply);

}  // namespace suzaku::program
