#pragma once

#include <memory>

#include <suzaku/client/options.hpp>

#include "client/core/transport.hpp"
#include "client/transport/long_poll.hpp"
#include "client/transport/shared.hpp"

namespace suzaku::client::transport {

/// Begins to open a session of Phoenix's long poll. Loop's thread only (or any, once the loop has stopped); `shared`,
/// `options` and `handler` outlive it. The close code and reason are not sent. See Transport; `times`: for
/// tests.
std::unique_ptr<Transport> open_long_poll(Shared& shared, const Target& target, const SocketOptions& options,
                                          Transport::Handler& handler, const LongPoll::Times& times = {});

}  // namespace suzaku::client::transport
