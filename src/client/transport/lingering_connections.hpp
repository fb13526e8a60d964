#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "net/connection.hpp"
#include "net/timers.hpp"

namespace suzaku::client::transport {

/// Connections whose transport has ended. Each sends what is still queued (usually a close frame), then waits for the
/// server to close, at most for kLinger. Loop's thread only; the destructor closes all of them at once.
class LingeringConnections {
 public:
  static constexpr net::Duration kLinger = std::chrono::seconds(1);

  LingeringConnections();
  ~LingeringConnections();
  LingeringConnections(const LingeringConnections&) = delete;
  LingeringConnections& operator=(const LingeringConnections&) = delete;

  /// May be called within the functions of the connection's handler, which is not called any more.
  void add(std::unique_ptr<net::Connection> connection);
  /// Connections that have not ended yet.
  std::size_t size() const noexcept { return connections_.size(); }

 private:
  class Lingering;
  std::list<Lingering> connections_;
};

}  // namespace suzaku::client::transport
