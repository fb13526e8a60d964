#include "daemon/daemon.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <unistd.h>

#include <suzaku/client/push.hpp>

#include "base/log.hpp"
#include "daemon/difference.hpp"
#include "signals/timestamp.hpp"

namespace suzaku::daemon {
namespace {

constexpr std::string_view kStopping = "the bridge is about to end";

/// "agent audit", for each of the names.
void add_names(std::vector<std::string>& to, std::string_view what, const std::vector<std::string>& names) {
  for (const std::string& name : names) to.push_back(std::string(what).append(" ").append(name));
}

/// What somebody else may repeat. (The URL of a webhook and its secret are told to nobody.)
void add_secrets(const config::BridgeConfig& config, config::Secrets& secrets) {
  for (const auto& [options, settings] : config.connections) {
    secrets.add(options.auth_token.value());
    secrets.add_from(options.params.value().json());
    for (const auto& [name, value] : options.headers) secrets.add_from(JsonObject{{name, value}});
  }
}

}  // namespace

Daemon::Daemon(config::BridgeConfig config, Load load)
    : load_(std::move(load)),
      config_(std::move(config)),
      event_log_(bus_, secrets_),
      connections_(bus_),
      agents_(bus_, connections_) {
  add_secrets(config_, secrets_);
}

// --- changes ---

Result<void> Daemon::start() {
  const std::lock_guard changing(changing_);
  for (const auto& agent : config_.agents)
    if (auto added = agents_.add(agent); !added)
      return failure("agent " + agent.agent.name + ": " + added.error().message);
  std::vector<bridge::ConnectionOptions> connections;
  for (const auto& connection : config_.connections) connections.push_back(connection.options);
  return connections_.start_configured_connections(std::move(connections));
}

Result<Changes> Daemon::reload() {
  const std::lock_guard changing(changing_);
  if (is_stopping()) return failure(std::string(kStopping));
  auto loaded = load_();
  if (!loaded) return tl::unexpected(loaded.error());
  const auto connections = difference(config_.connections, loaded->connections);
  auto agents = difference(config_.agents, loaded->agents);
  for (const std::string& name : agents_.given_up())
    if (find(loaded->agents, name) && std::ranges::find(agents.changed, name) == agents.changed.end())
      agents.changed.push_back(name);

  Changes changes;
  add_names(changes.added, "connection", connections.added);
  add_names(changes.added, "agent", agents.added);
  add_names(changes.removed, "connection", connections.removed);
  add_names(changes.removed, "agent", agents.removed);
  add_names(changes.changed, "connection", connections.changed);
  add_names(changes.changed, "agent", agents.changed);

  stop_connections(connections.removed);
  stop_connections(connections.changed);
  for (const auto& names : {agents.removed, agents.changed})
    for (const std::string& name : names) agents_.remove(name);
  take_over(*std::move(loaded));
  const auto note = [&](std::string_view what, const std::string& name, const Result<void>& started) {
    if (!started) changes.failed.push_back(std::string(what) + " " + name + ": " + started.error().message);
  };
  for (const auto& names : {agents.changed, agents.added})
    for (const std::string& name : names) note("agent", name, agents_.add(*find(config_.agents, name)));
  for (const auto& names : {connections.changed, connections.added})
    for (const std::string& name : names) note("connection", name, start_connection(name));
  return changes;
}

bool Daemon::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return is_stopping_;
}

void Daemon::take_over(config::BridgeConfig config) {
  const std::lock_guard lock(mutex_);
  if (config.control != config_.control) log::warning("a new path of the control socket counts after a restart");
  add_secrets(config, secrets_);
  config_ = std::move(config);
}

void Daemon::stop_connections(const std::vector<std::string>& names) {
  std::vector<client::Push> stops;
  for (const std::string& name : names) stops.push_back(connections_.stop_connection(name));
  for (const client::Push& stop : stops) stop.get();
}

void Daemon::stop() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point deadline;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    deadline = Clock::now() + config_.stop_deadline;
  }
  const std::lock_guard changing(changing_);
  connections_.stop(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now())).get();
  if (!agents_.wait_until_idle(deadline - Clock::now())) log::warning("not all agents have done what waited for them");
}

Result<void> Daemon::start_connection(const std::string& name) {
  bridge::ConnectionOptions options;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return failure(std::string(kStopping));
    const auto* const connection = find(config_.connections, name);
    if (!connection) return failure("the configuration has no connection \"" + name + '"');
    options = connection->options;
  }
  return connections_.start_connection(std::move(options));
}

Result<void> Daemon::stop_connection(const std::string& name) {
  const auto reply = connections_.stop_connection(name).get();
  if (reply.outcome == client::Outcome::closed) return failure(reply.message);
  return {};
}

Result<std::shared_ptr<bridge::Connection>> Daemon::connection(const std::string& name) const {
  auto connection = connections_.connection(name);
  if (connection) return connection;
  const std::lock_guard lock(mutex_);
  return failure(find(config_.connections, name) ? "the connection \"" + name + "\" was stopped"
                                                 : "the configuration has no connection \"" + name + '"');
}

// --- looking ---

JsonObject Daemon::status() const {
  std::string since;
  signals::append_timestamp(since, started_at_);
  const auto bus = bus_.metrics();
  return {{"pid", ::getpid()},
          {"since", since},
          {"connections", connections_status()},
          {"agents", agents_.status()},
          {"signals",
           {{"published", bus.published},
            {"delivered", bus.delivered},
            {"dropped", bus.dropped},
            {"unheard", bus.unheard},
            {"dead_letters", agents_.dead_letters()}}}};
}

JsonArray Daemon::connections_status() const {
  std::vector<std::string> names;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& connection : config_.connections) names.push_back(connection.options.name);
  }
  JsonArray all;
  for (const std::string& name : names) {
    Json health = connections_.connection_health(name);
    all.push_back(health.is_null() ? Json({{"name", name}, {"status", "stopped"}}) : std::move(health));
  }
  return all;
}

}  // namespace suzaku::daemon
