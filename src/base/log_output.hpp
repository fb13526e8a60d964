#pragma once

#include <string>
#include <string_view>

#include <sys/stat.h>

#include "base/descriptor.hpp"

namespace suzaku::log {

/// Writes log lines to a descriptor that other programs share. Writing does not block and raises no SIGPIPE. One case
/// can block: a pipe or terminal that we may not open a second time, and that another writer fills at the same moment.
/// One thread at a time.
class LogOutput {
 public:
  /// More than this in one line may be torn apart by other writers to the same pipe.
  static constexpr std::size_t kLongestLine = 4096;

  explicit LogOutput(int descriptor) noexcept : descriptor_(descriptor) {}

  /// Writes a line, with its line break. Returns 0, or an errno when nothing of the line was written: EAGAIN when the
  /// reader takes no more.
  int write(std::string_view line);

 private:
  int follow();
  int write_some(std::string_view& rest) const;
  ssize_t try_write(std::string_view bytes) const;

  const int descriptor_;
  struct stat known_{};      // what the descriptor was when it was last used
  Descriptor non_blocking_;  // the same, if it is a pipe or a terminal that we may open
  std::string rest_;         // of a line that was written in part
};

}  // namespace suzaku::log
