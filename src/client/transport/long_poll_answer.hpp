#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <suzaku/result.hpp>

#include "protocol/message.hpp"

namespace suzaku::client::transport {

/// What Phoenix says in the body of an answer, whose HTTP status is nearly always 200.
struct LongPollAnswer {
  int status = 0;
  std::string token = {};                  // of the session; answers to POSTs have none
  std::vector<std::string> messages = {};  // each with 64 readable bytes behind it
};

/// Reads {"status": 200, "token": "...", "messages": ["..."]}.
Result<LongPollAnswer> read_long_poll_answer(std::string_view body);

/// Phoenix hands out binary frames (as far as they are UTF-8, the others it cannot send) like texts. They begin with
/// their kind, a control character, which no JSON begins with.
protocol::FrameType type_of_polled(std::string_view message) noexcept;

}  // namespace suzaku::client::transport
