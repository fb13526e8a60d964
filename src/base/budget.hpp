#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace suzaku {

/// A number of bytes that many holders share. Any thread.
class Budget {
 public:
  explicit Budget(std::size_t bytes) noexcept : bytes_(bytes) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

  /// What one holder has of it, and gives back when it ends. The budget must outlive it. One thread at a time.
  class Share {
   public:
    Share() noexcept = default;
    explicit Share(Budget& budget) noexcept : budget_(&budget) {}
    Share(Share&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() {
      if (bytes_ > 0) budget_->used_.fetch_sub(bytes_, std::memory_order_relaxed);
    }

    /// Grows the share to `bytes` in all. False, and no change, when the budget does not have them. A
    /// share of no budget is never refused.
    [[nodiscard]] bool grow_to(std::size_t bytes) noexcept {
      if (!budget_ || bytes <= bytes_) return true;
      if (!budget_->take(bytes - bytes_)) return false;
      bytes_ = bytes;
      return true;
    }
    std::size_t bytes() const noexcept { return bytes_; }

   private:
    Budget* budget_ = nullptr;
    std::size_t bytes_ = 0;
  };

 private:
  bool take(std::size_t more) noexcept {
    std::size_t used = used_.load(std::memory_order_relaxed);
    do {
      if (more > bytes_ - used) return false;
    } while (!used_.compare_exchange_weak(used, used + more, std::memory_order_relaxed));
    return true;
  }

  const std::size_t bytes_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace suzaku
