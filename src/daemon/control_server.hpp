#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

namespace suzaku::daemon {

/// Time limits of a client. When one is exceeded the connection is closed, so that others can connect.
struct ControlLimits {
  std::chrono::milliseconds request{10'000};  // from the connection, or the last answer, to the end of a request
  std::chrono::milliseconds answer{10'000};   // to read an answer
};

/// Answers each line with a line, on a Unix socket that only the user of this process may open.
class ControlServer {
 public:
  /// May take long. Called on threads of the server, several at a time.
  using Answer = std::function<std::string(std::string_view request)>;

  /// Fails when another process listens at this path, or the socket cannot be made there. Removes the socket of a
  /// killed process.
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
