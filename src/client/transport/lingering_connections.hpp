#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "net/connection.hpp"
#include "net/timers.hpp"

namespace suzaku::client::transport {

/// Connections that are of no use any more: they send what is still queued, a close frame as a rule, wait for the
/// server to close as well, at most for kLinger, and are gone. Loop's thread only; destroying it ends them all at once.
class Farewells {
 public:
  static constexpr net::Duration kLinger = std::chrono::seconds(1);

  Farewells();
  ~Farewells();
  Farewells(const Farewells&) = delete;
  Farewells& operator=(const Farewells&) = delete;

  /// May be called within the functions of the connection's handler, which hears nothing more of it.
  void add(std::unique_ptr<net::Connection> connection);
  /// Connections that have not ended yet.
  std::size_t size() const noexcept { return present_.size(); }

 private:
  class Farewell;
  std::list<Farewell> present_;
};

}  // namespace suzaku::client::transport
