#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace suzaku::sinks {

/// Lines that are written to a pipe in pieces of any size.
class LineFeed {
 public:
  /// Replaces all earlier lines. Each line ends with '\n'.
  void put(std::string lines) {
    lines_ = std::move(lines);
    written_ = 0;
  }

  std::string_view rest() const noexcept { return std::string_view(lines_).substr(written_); }
  bool is_empty() const noexcept { return written_ == lines_.size(); }

  /// `size` bytes of the rest were written. Returns the number of lines that ended within them.
  std::size_t advance(std::size_t size) {
    const auto taken = rest().substr(0, size);
    written_ += taken.size();
    return static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
  }

  /// For a new reader: goes back to the beginning of the first line that was not completely written.
  void rewind() noexcept { written_ = std::string_view(lines_).substr(0, written_).rfind('\n') + 1; }

  /// Drops all lines except the rest of a line that was begun.
  void drop_unbegun() {
    const bool is_begun = written_ > 0 && lines_[written_ - 1] != '\n';
    lines_.resize(is_begun ? lines_.find('\n', written_) + 1 : written_);
  }

 private:
  std::string lines_;
  std::size_t written_ = 0;  // bytes
};

}  // namespace suzaku::sinks
