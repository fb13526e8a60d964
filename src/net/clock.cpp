#include "net/clock.hpp"

namespace suzaku::net {
namespace {

struct SystemClock final : Clock {
  TimePoint now() const noexcept override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall_clock() const noexcept override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace

const Clock& Clock::system() noexcept {
  static const SystemClock clock;
  return clock;
}

}  // namespace suzaku::net
