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

/// The same pipe or terminal with a description of our own: writes to it do not block, and whoever shares `descriptor`
/// does not notice. None for what is neither (files do not block, and sockets cannot be opened), and where the system
/// does not let us.
Descriptor open_non_blocking(int descriptor);

}  // namespace suzaku
