#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <suzaku/result.hpp>

namespace suzaku::program {

/// Standard input, line by line. A line is read when it is asked for.
class LineInput {
 public:
  /// Bytes of a line.
  static constexpr std::size_t kLongestLine = 16 << 20;
  /// Given a line, or nothing at the end of the input. Fails for a line that is too long.
  using Handler = std::function<void(Result<std::optional<std::string>>)>;

  explicit LineInput(boost::asio::io_context& io);

  /// Calls the handler once, later. One call at a time. Lines of white space are skipped.
  void next(Handler handler);
  bool is_waiting() const noexcept { return handler_ != nullptr; }
  /// The number of the last line, from 1. Skipped lines count.
  std::size_t line_number() const noexcept { return line_number_; }

 private:
  void look();
  void read();
  void give(Result<std::optional<std::string>> line);

  boost::asio::posix::stream_descriptor input_;
  std::string unread_;
  std::size_t searched_ = 0;  // this many bytes hold no line break
  std::size_t line_number_ = 0;
  bool has_ended_ = false;
  Handler handler_;
};

}  // namespace suzaku::program
