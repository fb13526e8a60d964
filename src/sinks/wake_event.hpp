#pragma once

#include <stdexcept>

#include <sys/eventfd.h>

#include "base/descriptor.hpp"

namespace suzaku::sinks {

/// A descriptor that ends waits with poll(). It is readable from ring() until clear(). Any thread.
class WakeEvent {
 public:
  WakeEvent() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_) throw std::runtime_error("no descriptors are left");
  }
  /// The write fails only when the counter is full, and then the descriptor is readable.
  void ring() const noexcept { static_cast<void>(::eventfd_write(event_.get(), 1)); }
  /// The read fails only when ring() was not called.
  void clear() const noexcept {
    eventfd_t rung = 0;
    static_cast<void>(::eventfd_read(event_.get(), &rung));
  }
  int descriptor() const noexcept { return event_.get(); }

 private:
  Descriptor event_;
};

}  // namespace suzaku::sinks
