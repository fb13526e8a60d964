#include "faults/weather.hpp"

#include <random>

namespace suzaku::faults {
namespace {

using namespace std::chrono_literals;

constexpr test::TcpProxy::Faults kBreeze{.cut = 0.001, .half_open = 0.0003, .delay = 0.02, .drip = 0.02};
constexpr test::TcpProxy::Faults kStorm{.cut = 0.03, .half_open = 0.01, .delay = 0.2, .drip = 0.1};

}  // namespace

Weather::Weather(test::TcpProxy& proxy, std::uint64_t seed) : proxy_(proxy), thread_([this, seed] { blow(seed); }) {}

Weather::~Weather() {
  is_over_ = true;
  thread_.join();
  proxy_.release();
  proxy_.set_faults({});
}

void Weather::blow(std::uint64_t seed) {
  std::mt19937_64 chance(seed);
  proxy_.set_faults(kStorm);  // so that there is some in the shortest run
  wait(3s);
  while (!is_over_) {
    switch (chance() % 6) {
      case 0:
        proxy_.cut();
        break;
      case 1:
        proxy_.hold();
        break;
      case 2:
        proxy_.set_faults(kStorm);
        break;
      case 3:
        proxy_.set_faults({});
        break;
      default:
        proxy_.set_faults(kBreeze);
    }
    wait(200ms + std::chrono::milliseconds(chance() % 2'800));
    proxy_.release();
  }
}

/// At most so long.
void Weather::wait(std::chrono::milliseconds time) const {
  for (; time > 0ms && !is_over_; time -= 100ms) std::this_thread::sleep_for(100ms);
}

}  // namespace suzaku::faults
