#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

namespace suzaku::daemon {

/// How long a client may take; then its connection is closed, so that its place is free for others.
struct ControlLimits {
  std::chrono::milliseconds request{10'000};  // from the connection, or the last answer, to the end of a request
  std::chrono::milliseconds answer{10'000};   // to read an answer
};

/// Answers lines with lines, on a Unix socket that only our own user may open.
class ControlServer {
 public:
  /// May take its time. Called on threads of the server, several at a time.
  using Answer = std::function<std::string(std::string_view request)>;

  /// Fails when another process answers at this path, or nobody can. What a killed one has left there is removed.
  static Result<std::unique_ptr<ControlServer>> listen(const std::string& path, Answer answer,
                                                       ControlLimits limits = {});
  /// Waits for answers that are being made, and removes the socket.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  class Impl;
  explicit ControlServer(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace suzaku::daemon
