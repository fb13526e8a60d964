#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace suzaku::test {

/// Passes TCP connections on to another port of this machine, as well or as badly as it is told to. Any thread.
class TcpProxy {
 public:
  /// Faults, each as a chance from 0 to 1 for each piece of bytes that passes, in either direction.
  struct Faults {
    double cut = 0;        // the connection ends, in good order or by a reset, somewhere within the piece
    double half_open = 0;  // this direction is dead from now on: bytes go in and do not come out
    double delay = 0;      // the piece comes later
    double drip = 0;       // the piece comes a few bytes at a time
  };
  struct Counts {
    std::size_t connections = 0, cuts = 0, half_opens = 0, delays = 0, drips = 0;
  };

  /// `seed`: of what happens by chance.
  explicit TcpProxy(std::uint16_t to, std::uint64_t seed = 0);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const noexcept;
  /// Accepts and reads, but passes nothing on until release().
  void hold();
  void release();
  /// Ends all connections.
  void cut();
  void set_faults(const Faults& faults);
  Counts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace suzaku::test
