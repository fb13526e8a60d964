#pragma once

#include <string_view>

namespace suzaku::program {

/// Standard output. write() waits until its reader takes everything, or until `signal_descriptor` becomes readable: a
/// reader that is stuck must not keep the program from ending.
class Output {
 public:
  enum class Written { yes, reader_is_gone, interrupted, failed };

  explicit Output(int signal_descriptor) : signal_descriptor_(signal_descriptor) {}

  /// `failed` leaves the reason in errno.
  Written write(std::string_view text) const;

 private:
  int signal_descriptor_;
};

/// Whether it is a terminal: then colours and prompts make sense.
bool is_terminal(int descriptor);
bool may_color(int descriptor, bool forbidden);

}  // namespace suzaku::program
