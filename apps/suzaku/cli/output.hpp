#pragma once

#include <string_view>

namespace suzaku::program {

/// Standard output. Writes what fits and waits for room, but not when `signal_descriptor` becomes
/// readable: whoever does not read us must not keep us.
class Output {
 public:
  enum class Written { yes, reader_is_gone, interrupted, failed };

  explicit Output(int signal_descriptor) : signal_descriptor_(signal_descriptor) {}

  /// `failed` leaves the reason in errno.
  Written write(std::string_view text) const;

 private:
  int signal_descriptor_;
};

/// Whether colours and prompts are welcome there.
bool is_terminal(int descriptor);
bool may_color(int descriptor, bool forbidden);

}  // namespace suzaku::program
