#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <suzaku/json.hpp>
#include <suzaku/result.hpp>

namespace suzaku::daemon {

/// Maximum bytes of an answer. A longer answer is a failure.
inline constexpr std::size_t kLargestControlAnswer = 64 << 20;

/// How long to wait for an answer. The bridge answers a join or a push when the server has answered, and a reload when
/// all removed connections and agents have stopped.
inline constexpr std::chrono::milliseconds kControlTimeout{60'000};

/// Sends a request to the bridge that listens on this Unix socket, and waits for the answer, at most this long.
/// Returns the result, or the error of the answer.
Result<Json> ask(const std::string& path, const JsonObject& request,
                 std::chrono::milliseconds timeout = kControlTimeout);

}  // namespace suzaku::daemon
