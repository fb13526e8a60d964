#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include <suzaku/client/options.hpp>

#include "client/core/engine.hpp"
#include "client/core/link.hpp"

namespace suzaku::client {

/// Calls the user's functions for the params, the token, the headers and the proxy of a socket, on the threads for
/// blocking work. It makes one request at a time, so that a function that hangs holds one thread only, and skips
/// requests that were withdrawn before they began. Any thread.
class CredentialSource : public std::enable_shared_from_this<CredentialSource> {
 public:
  using OnAnswer = std::function<void(Result<core::Credentials>)>;

  explicit CredentialSource(const SocketOptions& options);

  /// Replaces a request that has not begun. `on_answer` is called on a thread for blocking work.
  void request(Engine& engine, const ConnectAttempt& attempt, OnAnswer on_answer);
  /// The result of the last request is not needed any more.
  void withdraw();

 private:
  struct Request {
    ConnectAttempt attempt;
    OnAnswer on_answer;
  };

  void answer_all();
  std::optional<Request> next();
  Result<core::Credentials> credentials(const ConnectAttempt& attempt) const;

  const Params params_;
  const AuthToken token_;
  const Headers headers_;
  const Proxy proxy_;
  std::mutex mutex_;
  std::optional<Request> waiting_;  // guarded by mutex_
  bool is_at_work_ = false;         // likewise; a thread will look for what waits, or calls a function
};

}  // namespace suzaku::client
