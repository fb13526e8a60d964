#include "line_input.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <unistd.h>

namespace suzaku::program {

LineInput::LineInput(boost::asio::io_context& io) : input_(io) {
  const int copy = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  boost::system::error_code error;
  has_ended_ = copy < 0 || input_.assign(copy, error);
}

void LineInput::next(Handler handler) {
  handler_ = std::move(handler);
  boost::asio::post(input_.get_executor(), [this] { look(); });
}

/// Gives the next line of what was read, or reads more.
void LineInput::look() {
  const std::size_t end = unread_.find('\n', searched_);
  if (end == std::string::npos && !has_ended_) {
    searched_ = unread_.size();
    if (unread_.size() > kLongestLine)
      return give(
          failure("a line of the input has more than " + std::to_string(kLongestLine) + " bytes; expected shorter"));
    // Files are always ready, and cannot be waited for: then there is an error, and the read does not wait either.
    input_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
      if (error != boost::asio::error::operation_aborted) read();
    });
    return;
  }
  if (end == std::string::npos && unread_.empty()) return give(std::nullopt);
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end == std::string::npos ? end : end + 1);
  searched_ = 0;
  ++line_number_;
  if (line.find_first_not_of(" \t\r") == std::string::npos) return look();
  give(std::optional(std::move(line)));
}

void LineInput::read() {
  std::array<char, 65536> bytes;
  const ssize_t size = ::read(input_.native_handle(), bytes.data(), bytes.size());
  if (size > 0) {
    unread_.append(bytes.data(), static_cast<std::size_t>(size));
  } else if (size == 0 || (errno != EINTR && errno != EAGAIN)) {
    has_ended_ = true;
  }
  look();
}

void LineInput::give(Result<std::optional<std::string>> line) {
  std::exchange(handler_, nullptr)(std::move(line));
}

}  // namespace suzaku::program
