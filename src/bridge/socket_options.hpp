#pragma once

#include <suzaku/bridge/connection_options.hpp>

namespace suzaku::bridge {

/// What the connection's socket is made with.
client::SocketOptions socket_options(const ConnectionOptions& options);

}  // namespace suzaku::bridge
