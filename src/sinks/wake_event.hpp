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
  void ring() const noexcept { ::eventfd_write(event_.get(), 1); }
  void clear() const noexcept {
    eventfd_t rung = 0;
    ::eventfd_read(event_.get(), &rung);
  }
  int descriptor() const noexcept { return event_.get(); }

 private:
  Descriptor event_;
};

}  // namespace suzaku::sinks
