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
  /// Each line ends with '\n'. They replace all earlier ones.
  void put(std::string lines) {
    lines_ = std::move(lines);
    written_ = 0;
  }

  std::string_view rest() const noexcept { return std::string_view(lines_).substr(written_); }
  bool is_empty() const noexcept { return written_ == lines_.size(); }

  /// The pipe has taken so many bytes of the rest. Returns how many lines ended within them.
  std::size_t advance(std::size_t size) {
    const auto taken = rest().substr(0, size);
    written_ += taken.size();
    return static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
  }

  /// For another reader: goes back to the begin of the first line that was not wholly taken.
  void rewind() noexcept { written_ = std::string_view(lines_).substr(0, written_).rfind('\n') + 1; }

  /// Drops all but the rest of a line that was begun.
  void drop_unbegun() {
    const bool is_begun = written_ > 0 && lines_[written_ - 1] != '\n';
    lines_.resize(is_begun ? lines_.find('\n', written_) + 1 : written_);
  }

 private:
  std::string lines_;
  std::size_t written_ = 0;  // bytes
};

}  // namespace suzaku::sinks
