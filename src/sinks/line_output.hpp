#pragma once

#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "sinks/wake_event.hpp"

namespace suzaku::sinks {

/// Standard output that several sinks share. Their lines do not mix. Any thread.
class LineOutput {
 public:
  /// `descriptor` must stay open as long as this object exists. Its flags are not changed. SIGPIPE must be ignored or
  /// blocked.
  explicit LineOutput(int descriptor);

  /// Waits for its turn and for a slow reader. False when it was stopped while it waited. Throws std::runtime_error
  /// when the reader has closed the pipe.
  bool write(std::string_view lines, const WakeEvent& stop);

 private:
  int write_while_running(std::string_view& rest, const WakeEvent& stop) const;

  int descriptor_;
  Descriptor pipe_;         // the same pipe or terminal, opened again so that writes never block; none for files
  Descriptor turn_;         // an eventfd that is 1 while no thread writes: a lock that poll() can wait for
  std::string unfinished_;  // the rest of the line in which the last writer was stopped; guarded by turn_
};

}  // namespace suzaku::sinks
