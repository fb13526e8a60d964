#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/task.hpp"
#include "client/transport/lingering_connections.hpp"
#include "client/transport/proxy.hpp"
#include "client/transport/tls_contexts.hpp"
#include "net/loop.hpp"
#include "ws/deflate.hpp"

namespace suzaku::client::transport {

/// Unpredictable bytes from OpenSSL, for masks and keys. Gets many at a time, since a call costs more than a frame.
class RandomBytes {
 public:
  /// Throws std::runtime_error when OpenSSL has no random bytes.
  void fill(std::span<std::uint8_t> out);
  std::array<std::uint8_t, 4> mask();

 private:
  std::array<std::uint8_t, 1024> bytes_;
  std::size_t used_ = sizeof(bytes_);
};

/// What all connections of one loop share; used on the loop's thread. Outlives them and, but for the Loop object
/// itself, the loop: destroy it when the loop has stopped.
class Shared {
 public:
  explicit Shared(net::Loop& loop) noexcept : loop_(loop) {}

  net::Loop& loop() noexcept { return loop_; }
  /// Made for the first connection that compresses: one takes 300 KB, the other 50.
  ws::Deflater& deflater();
  ws::Inflater& inflater();

  /// Connections whose transport has ended.
  LingeringConnections& lingering() noexcept { return lingering_; }

  /// Destroys an object after this turn of the loop, when nothing refers to it any more, or in our destructor, so that
  /// connections may end when the loop has stopped.
  template <class T>
  void dispose(std::unique_ptr<T> object) {
    disposed_.emplace_back([object = std::move(object)] {});
    if (disposed_.size() == 1) loop_.defer([this] { disposed_.clear(); });
  }

  TlsContexts tls_contexts;
  RandomBytes random;
  Environment environment = system_environment;  // where proxies are looked up

 private:
  net::Loop& loop_;
  std::optional<ws::Deflater> deflater_;
  std::optional<ws::Inflater> inflater_;
  LingeringConnections lingering_;
  std::vector<Task> disposed_;
};

}  // namespace suzaku::client::transport
