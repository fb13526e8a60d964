#pragma once

#include <string>
#include <string_view>

#include "daemon/daemon.hpp"

namespace suzaku::daemon {

/// Executes a request of the control socket, and waits until it is done. Requests and answers are JSON:
///
///     {"command": "status"}
///     {"command": "start" | "stop", "connection": NAME}
///     {"command": "join", "connection": NAME, "topic": TOPIC, "params": {...}}
///     {"command": "leave", "connection": NAME, "topic": TOPIC}
///     {"command": "push", "connection": NAME, "topic": TOPIC, "event": EVENT, "payload": {...}}
///     {"command": "reload"}
///
/// {"ok": true, "result": ...} or {"ok": false, "error": WORDS}. `params` and `payload` may be left out.
std::string answer(Daemon& daemon, std::string_view request);

}  // namespace suzaku::daemon
