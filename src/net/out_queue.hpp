#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <sys/uio.h>

#include "base/shared_bytes.hpp"

namespace suzaku::net {

/// What a connection still has to send: references to shared frames, in order.
class OutQueue {
 public:
  void push(SharedBytes bytes, bool droppable);

  std::size_t bytes() const noexcept { return bytes_; }
  /// What the queue holds in memory, roughly: small frames cost more than their bytes.
  std::size_t weight() const noexcept { return bytes_ + (entries_.size() - head_) * kOverhead; }
  bool empty() const noexcept { return bytes_ == 0; }

  /// Fills `slots` with the first bytes to send; returns how many slots.
  std::size_t gather(std::span<iovec> slots) const noexcept;
  /// `sent` bytes from the front have gone out.
  void pop(std::size_t sent) noexcept;
  /// The first `bytes` are on their way (TLS has encrypted them already): they may not be dropped any more.
  void hold(std::size_t bytes) noexcept { held_ = bytes; }

  /// Drops the oldest droppable frame that is not on its way; false when there is none.
  bool drop_oldest();
  /// Drops everything but the frames that are on their way: those have to be completed.
  void keep_started() noexcept;
  void clear() noexcept;

 private:
  static constexpr std::size_t kOverhead = 48;  // of a place in the queue and of an allocation

  struct Entry {
    SharedBytes bytes;  // empty: dropped
    bool droppable = false;
  };
  std::size_t first_unstarted() const noexcept;
  void compact();

  std::vector<Entry> entries_;  // those before head_ have gone out
  std::size_t head_ = 0;
  std::size_t head_sent_ = 0;  // bytes of the first entry that have gone out
  std::size_t held_ = 0;       // bytes after those that are on their way
  std::size_t bytes_ = 0;
  std::size_t dropped_ = 0;    // entries that were dropped and still take a place
  std::size_t drop_from_ = 0;  // no entry before this one can be dropped
};

}  // namespace suzaku::net
