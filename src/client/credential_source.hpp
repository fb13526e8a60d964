#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include <suzaku/client/options.hpp>

#include "client/core/engine.hpp"
#include "client/core/link.hpp"

namespace suzaku::client {

/// Asks the user's functions for the params, the token, the headers and the proxy of a socket, where work may block:
/// one question at a time, so that a function that hangs holds one thread only, and none that nobody wants answered any
/// more when its turn comes. Any thread.
class CredentialSource : public std::enable_shared_from_this<CredentialSource> {
 public:
  using OnAnswer = std::function<void(Result<core::Credentials>)>;

  explicit CredentialSource(const SocketOptions& options);

  /// Replaces a question that has not been asked yet. `on_answer` is called on the thread for blocking work.
  void ask(Engine& engine, const ConnectAttempt& attempt, OnAnswer on_answer);
  /// The last question need not be answered any more.
  void withdraw();

 private:
  struct Asked {
    ConnectAttempt attempt;
    OnAnswer on_answer;
  };

  void answer_all();
  std::optional<Asked> next();
  Result<core::Credentials> credentials(const ConnectAttempt& attempt) const;

  const Params params_;
  const AuthToken token_;
  const Headers headers_;
  const Proxy proxy_;
  std::mutex mutex_;
  std::optional<Asked> waiting_;  // guarded by mutex_
  bool is_at_work_ = false;       // likewise; a thread will look for what waits, or calls a function
};

}  // namespace suzaku::client
