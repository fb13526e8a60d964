#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace suzaku::sinks {

/// Cuts a stream of bytes into lines. Of a line that is too long it gives the beginning, as soon as that is known, and
/// steps over the rest.
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

  /// There is no more: what has no end is a line, too.
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
  bool is_too_long_ = false;  // and what follows, up to its end, is stepped over
};

}  // namespace suzaku::sinks
