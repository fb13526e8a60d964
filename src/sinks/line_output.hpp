#pragma once

#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "sinks/wake_event.hpp"

namespace suzaku::sinks {

/// Standard output, for several sinks on threads of their own: their lines do not mix. Any thread.
class LineOutput {
 public:
  /// `descriptor` must stay open while this lives; its flags are not changed. SIGPIPE must be ignored or blocked.
  explicit LineOutput(int descriptor);

  /// Waits for its turn and for a slow reader. False when it was stopped while it waited. Throws std::runtime_error
  /// when the reader is gone.
  bool write(std::string_view lines, const WakeEvent& stop);

 private:
  int write_while_running(std::string_view& rest, const WakeEvent& stop) const;

  int descriptor_;
  Descriptor pipe_;         // the same pipe or terminal, opened again so that writes never block; none for files
  Descriptor turn_;         // an eventfd that holds 1 while nobody writes: a lock that poll() can wait for
  std::string unfinished_;  // the end of the line within which the last writer was stopped; guarded by turn_
};

}  // namespace suzaku::sinks
