#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/shared_bytes.hpp"

namespace suzaku::net {

/// What a connection still has to send: references to shared frames, in order.
class OutQueue {
 public:
  void push(SharedBytes bytes, bool droppable);

  std::size_t bytes() const noexcept { return bytes_; }
  bool empty() const noexcept { return bytes_ == 0; }

  /// Fills `slots` with the first bytes to send; returns how many slots.
  std::size_t gather(std::span<iovec> slots) const noexcept;
  /// `sent` bytes from the front have gone out.
  void pop(std::size_t sent) noexcept;

  /// Drops the oldest droppable frame of which nothing has been sent yet; false when there is none.
  bool drop_oldest() noexcept;
  void clear() noexcept;
  /// Drops everything but a frame that has begun to go out: it has to be completed.
  void keep_started() noexcept;

 private:
  struct Entry {
    SharedBytes bytes;
    bool droppable = false;
  };
  std::vector<Entry> entries_;  // those before head_ have gone out
  std::size_t head_ = 0;
  std::size_t head_sent_ = 0;  // bytes of the first entry that have gone out
  std::size_t bytes_ = 0;
};

}  // namespace suzaku::net
