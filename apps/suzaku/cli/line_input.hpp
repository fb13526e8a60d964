#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <suzaku/result.hpp>

namespace suzaku::program {

/// Standard input, line by line: the next one is read when somebody asks for it.
class LineInput {
 public:
  /// Bytes of a line.
  static constexpr std::size_t kLongestLine = 16 << 20;
  /// Given a line, or nothing at the end of the input. Fails for a line that is too long.
  using Handler = std::function<void(Result<std::optional<std::string>>)>;

  explicit LineInput(boost::asio::io_context& io);

  /// Calls the handler once, later. One at a time. Lines of white space are left out.
  void next(Handler handler);
  bool is_waiting() const noexcept { return handler_ != nullptr; }

 private:
  void look();
  void read();
  void give(Result<std::optional<std::string>> line);

  boost::asio::posix::stream_descriptor input_;
  std::string unread_;
  std::size_t searched_ = 0;  // so much of it holds no line break
  bool has_ended_ = false;
  Handler handler_;
};

}  // namespace suzaku::program
