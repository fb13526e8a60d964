#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

#include "protocol/message.hpp"

namespace suzaku::client::transport {

/// The messages of an answer. They stay JSON in the answer's body until they are taken, so that together they take no
/// more memory than the body.
class PolledMessages {
 public:
  /// No messages.
  PolledMessages() = default;
  /// `body`: valid JSON, in which a list of `count` strings begins at `begin`.
  PolledMessages(std::string body, std::size_t begin, std::size_t count)
      : body_(std::move(body)), at_(begin), left_(count) {}

  std::size_t left() const noexcept { return left_; }
  /// Takes the next one, with 64 readable bytes behind it; valid until the next call. There must be one.
  std::string_view next();

 private:
  std::string body_;
  std::size_t at_ = 0;  // in front of a bracket or a comma
  std::size_t left_ = 0;
  std::string message_;
};

/// What Phoenix says in the body of an answer, whose HTTP status is nearly always 200.
struct LongPollAnswer {
  int status = 0;
  std::string token = {};  // of the session; answers to POSTs have none
  PolledMessages messages = {};
};

/// The messages of one answer, at most. Phoenix collects them from one poll to the next.
inline constexpr std::size_t kMaxPolledMessages = 100'000;

/// Reads {"status": 200, "token": "...", "messages": ["..."]}.
Result<LongPollAnswer> read_long_poll_answer(std::string body);

/// Phoenix hands out binary frames like texts, as far as they are UTF-8; others it cannot send. They begin with their
/// kind, a control character, which no JSON begins with.
protocol::FrameType type_of_polled(std::string_view message) noexcept;

}  // namespace suzaku::client::transport
