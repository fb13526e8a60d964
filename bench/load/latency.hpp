#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace phxload {

/// Latencies in microseconds, kept one by one: percentiles are exact.
class Latencies {
 public:
  void add(std::uint32_t microseconds) { values_.push_back(microseconds); }
  void clear() noexcept { values_.clear(); }

  /// `share` from 0 to 1; 0.5 is the median. 0 when nothing was added.
  std::uint32_t percentile(double share) {
    if (values_.empty()) return 0;
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values_.size()));
    const auto nth = values_.begin() + static_cast<std::ptrdiff_t>(std::min(rank, values_.size() - 1));
    std::nth_element(values_.begin(), nth, values_.end());
    return *nth;
  }

 private:
  std::vector<std::uint32_t> values_;
};

}  // namespace phxload
