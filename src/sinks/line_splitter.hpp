#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace suzaku::sinks {

/// Splits a stream of bytes into lines. Returns the beginning of a line that is too long, and skips the rest of it.
class LineSplitter {
 public:
  struct Line {
    std::string_view text;  // without its end; valid during the call
    bool is_whole = true;
  };

  explicit LineSplitter(std::size_t longest) noexcept : longest_(longest) {}

  template <class OnLine>
  void add(std::string_view bytes, const OnLine& on_line) {
    while (true) {
      const std::size_t end = bytes.find('\n');
      append(bytes.substr(0, end), on_line);
      if (end == bytes.npos) return;
      finish(on_line);
      bytes.remove_prefix(end + 1);
    }
  }

  /// The stream has ended: an unfinished line counts as a line.
  template <class OnLine>
  void end(const OnLine& on_line) {
    if (line_.empty()) {
      is_too_long_ = false;
    } else {
      finish(on_line);
    }
  }

 private:
  template <class OnLine>
  void append(std::string_view part, const OnLine& on_line) {
    if (is_too_long_) return;
    line_.append(part.substr(0, longest_ - line_.size() + 1));
    if (line_.size() <= longest_) return;
    line_.resize(longest_);
    on_line(Line{line_, false});
    line_.clear();
    is_too_long_ = true;
  }

  template <class OnLine>
  void finish(const OnLine& on_line) {
    if (!is_too_long_) on_line(Line{line_, true});
    line_.clear();
    is_too_long_ = false;
  }

  std::size_t longest_;
  std::string line_;
  bool is_too_long_ = false;  // the rest of the line is skipped
};

}  // namespace suzaku::sinks
