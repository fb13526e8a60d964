#pragma once

#include <utility>

#include <unistd.h>

namespace suzaku {

/// A file descriptor that is closed at the end; -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) static_cast<void>(::close(number_));  // whatever it returns, the descriptor is free
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// Opens the same pipe or terminal a second time, non-blocking; other users of `descriptor` are not affected. None for
/// files and sockets, and where the system refuses.
Descriptor open_non_blocking(int descriptor);

}  // namespace suzaku
