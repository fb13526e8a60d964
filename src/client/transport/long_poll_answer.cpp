#include "client/transport/long_poll_answer.hpp"

#include <cstdint>

#include "protocol/strict_json.hpp"

namespace suzaku::client::transport {
namespace {

constexpr std::size_t kPadding = 64;  // what the receivers of messages may read behind them
constexpr std::int64_t kHighestStatus = 599;

Result<void> read_messages(simdjson::dom::element list, std::vector<std::string>& messages) {
  simdjson::dom::array array;
  if (list.get(array)) return failure("its \"messages\" are no list");
  for (const simdjson::dom::element element : array) {
    std::string_view text;
    if (element.get(text)) return failure("one of its \"messages\" is no string");
    std::string& message = messages.emplace_back();
    message.reserve(text.size() + kPadding);
    message = text;
  }
  return {};
}

}  // namespace

Result<LongPollAnswer> read_long_poll_answer(std::string_view body) {
  protocol::StrictJson json;
  const auto root = json.parse_unpadded(body);
  if (!root) return failure("it is no JSON");
  LongPollAnswer answer;
  std::int64_t status = 0;
  if ((*root)["status"].get(status) || status < 0 || status > kHighestStatus) return failure("it has no \"status\"");
  answer.status = static_cast<int>(status);
  if (std::string_view token; !(*root)["token"].get(token)) answer.token = token;
  if (simdjson::dom::element list; !(*root)["messages"].get(list)) {
    if (const auto read = read_messages(list, answer.messages); !read) return tl::unexpected(read.error());
  }
  return answer;
}

protocol::FrameType type_of_polled(std::string_view message) noexcept {
  constexpr unsigned char kTab = '\t';  // the first control character that JSON may begin with
  return !message.empty() && static_cast<unsigned char>(message.front()) < kTab ? protocol::FrameType::binary
                                                                                : protocol::FrameType::text;
}

}  // namespace suzaku::client::transport
