#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/bridge/connection_supervisor.hpp>
#include <suzaku/signals/phoenix.hpp>

#include "bridge/promise.hpp"
#include "signals/restart_policy.hpp"

namespace suzaku::bridge {

/// The implementation of ConnectionSupervisor. Any thread; the end of a connection is handled on the engine's
/// thread.
class SupervisorImpl final : public std::enable_shared_from_this<SupervisorImpl> {
 public:
  SupervisorImpl(signals::SignalBus& bus, const client::Runtime& runtime) : bus_(bus), engine_(runtime.engine()) {}

  /// To be called when the ConnectionSupervisor is destroyed.
  void close();

  Result<void> start(ConnectionOptions options);
  Result<void> start_all(std::vector<ConnectionOptions> connections);
  client::Push stop(std::string_view name, std::optional<std::chrono::milliseconds> deadline);
  client::Push stop_all(std::optional<std::chrono::milliseconds> deadline);

  std::vector<std::string> names() const;
  std::optional<Status> status(std::string_view name) const;
  std::shared_ptr<Connection> connection(std::string_view name) const;
  Json health(std::string_view name) const;

 private:
  /// A connection, with its history of restarts.
  struct Child {
    explicit Child(ConnectionOptions of) : options(std::move(of)), policy(options.restart) {}

    const ConnectionOptions options;
    signals::RestartPolicy policy;
    std::shared_ptr<Connection> connection = nullptr;
    std::uint64_t life = 0;  // distinguishes the connection from the one before
    std::size_t restarts = 0;
    std::size_t restarts_in_a_row = 0;                                      // since a connection was stable
    std::optional<std::chrono::system_clock::time_point> restarts_at = {};  // while it waits for that
    bool is_given_up = false;
    std::string end_reason = {};      // of the last end
    std::vector<Promise> stops = {};  // pending calls of stop()
  };
  using Children = std::map<std::string, Child, std::less<>>;

  Result<void> check_free(std::string_view name) const;
  void launch(Child& child);
  void on_end(const std::string& name, std::uint64_t life, const ConnectionEnd& end);
  void follow(Children::iterator at, const ConnectionEnd& end);
  bool may_restart(Child& child, const ConnectionEnd& end);
  void restart_later(Child& child, const ConnectionEnd& end);
  void restart_now(const std::string& name, std::uint64_t life);
  void give_up(Child& child, const std::string& why);
  void tell(const signals::phoenix::Names& names, signals::Signal event);

  signals::SignalBus& bus_;
  // The ConnectionSupervisor and the connections have the runtime, so that it does not end on its own thread.
  const std::weak_ptr<client::Engine> engine_;
  mutable std::recursive_mutex mutex_;  // recursive: a subscriber may query us while we publish
  Children children_;                   // guarded by mutex_
  std::uint64_t last_life_ = 0;         // likewise
};

}  // namespace suzaku::bridge
