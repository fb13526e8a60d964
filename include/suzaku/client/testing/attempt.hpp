#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/options.hpp>
#include <suzaku/client/testing/connection.hpp>
#include <suzaku/json.hpp>

namespace suzaku::client::testing {

class Wire;

/// A client that wants to connect. Answer it in one of three ways, or leave it unanswered: then it fails once
/// SocketOptions::connect_timeout has passed. A handle: copies are the same attempt.
class Attempt {
 public:
  /// The URL with its path and the whole query.
  const std::string& url() const noexcept;
  /// The query as Phoenix reads it: {"vsn": "2.0.0", "user": {"name": "ann"}}.
  JsonObject params() const;
  const std::string& auth_token() const noexcept;
  /// Those of the options, and Authorization when the URL has a user.
  const std::vector<Header>& headers() const noexcept;
  TransportKind transport() const noexcept;
  /// It has neither been answered nor given up.
  bool is_waiting() const noexcept;

  Connection accept() const;
  /// Answers the upgrade with this HTTP status.
  void refuse(int http_status, std::optional<std::chrono::milliseconds> retry_after = {}) const;
  /// Any other way to fail: no such host, a bad certificate, ...
  void fail(Disconnect reason) const;

  explicit Attempt(std::shared_ptr<Wire> wire) noexcept : wire_(std::move(wire)) {}

 private:
  std::shared_ptr<Wire> wire_;
};

}  // namespace suzaku::client::testing
