#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <suzaku/client/options.hpp>

#include "client/core/engine.hpp"

namespace suzaku::client {

/// Calls the user's functions for the params of the joins of a socket, on the threads for blocking work. It holds at
/// most two of these threads: a function that hangs holds one, and the other one calls those of the other channels.
/// Any thread.
class JoinParamsSource : public std::enable_shared_from_this<JoinParamsSource> {
 public:
  using OnAnswer = std::function<void(Result<Payload>)>;
  struct Request {
    std::string topic;
    JoinParams params;
    JoinAttempt attempt;
    OnAnswer on_answer;  // called on a thread for blocking work
  };

  /// Replaces a request of the same topic that has not begun.
  void request(Engine& engine, Request request);
  /// No result is needed any more.
  void withdraw();

 private:
  void answer_all();
  /// A request whose topic has no function that runs.
  std::optional<Request> next();
  void forget(const std::string& topic);

  std::mutex mutex_;
  std::deque<Request> waiting_;    // guarded by mutex_
  std::set<std::string> at_work_;  // likewise; topics whose functions run
  std::size_t threads_ = 0;        // likewise
};

}  // namespace suzaku::client
