#pragma once

#include <atomic>
#include <cstddef>

namespace suzaku::client {

/// Counts the callbacks of a socket that wait for its dispatcher, and the bytes of the messages and replies they hold.
/// One thread adds and asks for room, any thread removes.
class CallbackBacklog {
 public:
  CallbackBacklog(std::size_t max_count, std::size_t max_bytes) noexcept
      : max_count_(max_count), max_bytes_(max_bytes) {}

  void add(std::size_t bytes) noexcept {
    count_.fetch_add(1);
    bytes_.fetch_add(bytes);
  }
  /// True when the backlog was full and half of its room is free now. It is true once for each has_room() that was
  /// false.
  [[nodiscard]] bool remove(std::size_t bytes) noexcept {
    count_.fetch_sub(1);
    bytes_.fetch_sub(bytes);
    return is_half_free() && is_full_.load() && is_full_.exchange(false);
  }

  /// False when as much waits as may. From then on the backlog is full until half of its room is free.
  [[nodiscard]] bool has_room() noexcept {
    if (is_full_.load()) return false;
    if (count_.load() < max_count_ && bytes_.load() < max_bytes_) return true;
    is_full_.store(true);
    // Others may have removed everything before they could see that. Either they or we see both.
    return is_half_free() && is_full_.exchange(false);
  }
  /// In one order with other atomics (seq_cst), since Callbacks::Blocked and has_room() each write one and read the
  /// other.
  bool is_full() const noexcept { return is_full_.load(); }

 private:
  bool is_half_free() const noexcept { return count_.load() <= max_count_ / 2 && bytes_.load() <= max_bytes_ / 2; }

  const std::size_t max_count_;
  const std::size_t max_bytes_;
  std::atomic<std::size_t> count_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<bool> is_full_{false};
};

}  // namespace suzaku::client
