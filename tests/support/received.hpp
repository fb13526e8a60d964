#pragma once

#include <optional>
#include <string_view>

#include "support/client.hpp"
#include "ws/decoder.hpp"

namespace suzaku::test {

/// What a test is told of an event; nothing when more bytes are needed. Throws std::runtime_error when `peer` has
/// broken the WebSocket protocol.
std::optional<Received> received_from(const ws::Event& event, std::string_view peer);

}  // namespace suzaku::test
