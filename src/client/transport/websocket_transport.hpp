#pragma once

#include <memory>

#include <suzaku/client/options.hpp>

#include "client/core/transport.hpp"
#include "client/transport/shared.hpp"

namespace suzaku::client::transport {

/// Begins to open a WebSocket. Loop's thread only (or any, once the loop has stopped); `shared`, `options` and
/// `handler` outlive it. See Transport.
std::unique_ptr<Transport> open_websocket(Shared& shared, const Target& target, const SocketOptions& options,
                                          Transport::Handler& handler);

}  // namespace suzaku::client::transport
