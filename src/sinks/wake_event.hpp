#pragma once

#include <stdexcept>

#include <sys/eventfd.h>

#include "base/descriptor.hpp"

namespace suzaku::sinks {

/// Ends waits with poll(): readable from ring() until clear(). Any thread.
class WakeEvent {
 public:
  WakeEvent() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_) throw std::runtime_error("no descriptors are left");
  }
  /// Fails only when it has been rung 2^64 - 1 times, and is readable then.
  void ring() const noexcept { static_cast<void>(::eventfd_write(event_.get(), 1)); }
  /// Fails only when it has not been rung.
  void clear() const noexcept {
    eventfd_t rung = 0;
    static_cast<void>(::eventfd_read(event_.get(), &rung));
  }
  int descriptor() const noexcept { return event_.get(); }

 private:
  Descriptor event_;
};

}  // namespace suzaku::sinks
