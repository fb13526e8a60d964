#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <suzaku/json.hpp>
#include <suzaku/result.hpp>

namespace suzaku::daemon {

/// Bytes of an answer; a longer one is a failure.
inline constexpr std::size_t kLargestControlAnswer = 64 << 20;

/// How long to wait for an answer: a bridge waits itself for a join or a push, and a reload for what it stops.
inline constexpr std::chrono::milliseconds kControlTimeout{60'000};

/// Sends a request to the bridge that listens on this Unix socket, and waits for the answer, at most this long: the
/// result, or the error that the bridge has answered with.
Result<Json> ask(const std::string& path, const JsonObject& request,
                 std::chrono::milliseconds timeout = kControlTimeout);

}  // namespace suzaku::daemon
