#pragma once

#include <stdexcept>

#include <sys/eventfd.h>

#include "sinks/descriptor.hpp"

namespace suzaku::sinks {

/// Ends waits with poll(): readable from stop() on.
class StopEvent {
 public:
  StopEvent() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_) throw std::runtime_error("no descriptors are left");
  }
  void stop() const noexcept { ::eventfd_write(event_.get(), 1); }
  int descriptor() const noexcept { return event_.get(); }

 private:
  Descriptor event_;
};

}  // namespace suzaku::sinks
