#pragma once

#include <suzaku/server/options.hpp>

#include "server/ingress.hpp"
#include "server/mount.hpp"
#include "server/shard.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server {

/// Decides on a GET request to a socket's path: a WebSocket, or why not, at once or later. The checks and their order
/// are those of Phoenix.Transports.WebSocket: origin, token, subprotocol, vsn, the user's connect(), and last the
/// upgrade itself.
transport::RequestHandler::Decision connect(Shard& shard, const EndpointOptions& endpoint, const Mount& mount,
                                            const Mount::Variables& variables, const http::Request& request,
                                            const Caller& caller, transport::Exchange& exchange);

}  // namespace suzaku::server
