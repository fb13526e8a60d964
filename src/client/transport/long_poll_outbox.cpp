#include "client/transport/long_poll_outbox.hpp"

#include <utility>

#include "base/base64.hpp"

namespace suzaku::client::transport {

void LongPollOutbox::add(protocol::FrameType type, std::string_view message) {
  if (type == protocol::FrameType::binary) {
    waiting_.push_back({.text = base64(message), .is_line = true});
  } else {
    const bool is_line = message.starts_with('[') && message.find_first_of("\r\n") == message.npos;
    waiting_.push_back({.text = std::string(message), .is_line = is_line});
  }
  bytes_ += waiting_.back().text.size();
}

LongPollOutbox::Batch LongPollOutbox::take() {
  const bool is_line = waiting_.front().is_line;
  Batch batch{.content_type = is_line ? "application/x-ndjson" : "application/json",
              .body = std::move(waiting_.front().text)};
  bytes_ -= batch.body.size();
  waiting_.pop_front();
  for (std::size_t lines = 1; is_line && lines < kMostLines && !waiting_.empty(); ++lines) {
    const Entry& next = waiting_.front();
    if (!next.is_line || batch.body.size() + 1 + next.text.size() > kMostBytes) break;
    batch.body.append("\n").append(next.text);
    bytes_ -= next.text.size();
    waiting_.pop_front();
  }
  return batch;
}

}  // namespace suzaku::client::transport
