#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "protocol/message.hpp"

namespace suzaku::client::transport {

/// The messages that wait for the next POST of a long poll, in the form they are sent in. No I/O.
///
/// Phoenix reads a body of type application/x-ndjson line by line: one that begins with "[" is a text message (of
/// serializer V2), any other the Base64 of a binary one. It ignores lines after the hundredth. A body of any other type
/// is one text message: so go V1's objects, and JSON that has line breaks in it.
class LongPollOutbox {
 public:
  static constexpr std::size_t kMostLines = 100;
  /// Of a body with several messages; Phoenix refuses one of more than 8,000,000 bytes.
  static constexpr std::size_t kMostBytes = 1'000'000;

  struct Batch {
    std::string_view content_type;
    std::string body;
  };

  void add(protocol::FrameType type, std::string_view message);
  /// The oldest messages, as many as one POST may hold. There must be one.
  Batch take();

  bool empty() const noexcept { return waiting_.empty(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Entry {
    std::string text;
    bool is_line;  // may stand beside others
  };

  std::deque<Entry> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace suzaku::client::transport
