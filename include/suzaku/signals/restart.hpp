#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace suzaku::signals {

/// What happens to something supervised that has ended, as with OTP's supervisors.
enum class Restart : std::uint8_t {
  permanent,  // it is always started again
  transient,  // only when it has failed
  temporary,  // never
};

struct RestartOptions {
  Restart restart = Restart::permanent;
  /// More restarts than this within `period`, and it is given up.
  std::size_t max_restarts = 3;
  std::chrono::milliseconds period{5'000};
};

}  // namespace suzaku::signals
