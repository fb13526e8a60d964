#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace suzaku::signals {

/// Whether a supervised agent or connection is started again when it has ended, as in OTP.
enum class Restart : std::uint8_t {
  permanent,  // always
  transient,  // only when it has failed
  temporary,  // never
};

struct RestartOptions {
  Restart restart = Restart::permanent;
  /// It is given up when it needs more restarts than this within `period`.
  std::size_t max_restarts = 3;
  std::chrono::milliseconds period{5'000};
};

}  // namespace suzaku::signals
