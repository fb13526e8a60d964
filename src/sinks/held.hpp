#pragma once

#include <cstddef>
#include <cstdint>

#include "base/counter.hpp"

namespace suzaku::sinks {

/// The number of signals of the current batch of take() that have not been passed on, for the status. One thread
/// changes it, any thread may read it.
class Held {
 public:
  /// Counts a batch during take().
  class Batch {
   public:
    Batch(Held& held, std::size_t size) noexcept : held_(held) { held_.count_.set(size); }
    ~Batch() { held_.count_.set(0); }
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

   private:
    Held& held_;
  };

  void pass_on(std::size_t count = 1) noexcept { count_.subtract(count); }
  std::uint64_t get() const noexcept { return count_.get(); }

 private:
  Counter count_;
};

}  // namespace suzaku::sinks
