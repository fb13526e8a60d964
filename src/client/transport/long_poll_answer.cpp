#include "client/transport/long_poll_answer.hpp"

#include <charconv>
#include <utility>

#include "protocol/frame_reading.hpp"
#include "protocol/json_text.hpp"
#include "protocol/strict_json.hpp"

namespace suzaku::client::transport {
namespace {

constexpr std::size_t kPadding = 64;            // what the receivers of messages may read behind them
constexpr std::size_t kKeptMessage = 64 << 10;  // bytes of a message whose memory is kept for the next one
constexpr int kHighestStatus = 599;

Result<int> read_status(const protocol::Field& field) {
  int status = -1;
  const std::string_view text = field.text;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (!field.is_there() || error != std::errc{} || stop != text.data() + text.size() || status < 0 ||
      status > kHighestStatus)
    return failure("it has no \"status\"");
  return status;
}

/// How many strings there are in the list.
Result<std::size_t> count_messages(const protocol::Field& list) {
  if (!list.text.starts_with('[')) return failure("its \"messages\" are no list");
  protocol::JsonCursor cursor(list.text);
  std::size_t count = 0;
  cursor.take();  // the bracket
  while (cursor.peek() != ']') {
    if (cursor.peek() != '"') return failure("one of its \"messages\" is no string");
    cursor.value();
    if (++count > kMaxPolledMessages)
      return failure("it has more than " + std::to_string(kMaxPolledMessages) + " messages");
    if (cursor.peek() == ',') cursor.take();
  }
  return count;
}

}  // namespace

std::string_view PolledMessages::next() {
  if (message_.capacity() > kKeptMessage) message_ = {};
  protocol::JsonCursor cursor(std::string_view(body_).substr(at_));
  cursor.take();
  const protocol::Field field{cursor.value()};
  at_ = static_cast<std::size_t>(field.text.data() + field.text.size() - body_.data());
  --left_;
  std::string unescaped;
  const std::string_view text = field.string(unescaped);
  message_.reserve(text.size() + kPadding);
  message_ = text;
  if (left_ == 0) body_ = {};
  return message_;
}

Result<LongPollAnswer> read_long_poll_answer(std::string body) {
  protocol::StrictJson json;
  if (!json.check_unpadded(body)) return failure("it is no JSON");
  protocol::Field status, token, messages;
  if (protocol::JsonCursor(body).peek() == '{')
    protocol::find_members(body, {{"status", status}, {"token", token}, {"messages", messages}});
  const auto number = read_status(status);
  if (!number) return tl::unexpected(number.error());
  LongPollAnswer answer{.status = *number};
  if (token.is_string()) {
    std::string unescaped;
    answer.token = token.string(unescaped);
  }
  if (messages.is_there()) {
    const auto count = count_messages(messages);
    if (!count) return tl::unexpected(count.error());
    const auto begin = static_cast<std::size_t>(messages.text.data() - body.data());
    if (*count > 0) answer.messages = PolledMessages(std::move(body), begin, *count);
  }
  return answer;
}

protocol::FrameType type_of_polled(std::string_view message) noexcept {
  constexpr unsigned char kTab = '\t';  // the first control character that JSON may begin with
  return !message.empty() && static_cast<unsigned char>(message.front()) < kTab ? protocol::FrameType::binary
                                                                                : protocol::FrameType::text;
}

}  // namespace suzaku::client::transport
