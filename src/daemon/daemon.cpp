#include "daemon/daemon.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include <suzaku/client/push.hpp>

#include "base/log.hpp"
#include "daemon/known_secrets.hpp"
#include "signals/timestamp.hpp"

namespace suzaku::daemon {
namespace {

/// Polling interval while waiting for connections to stop.
constexpr std::chrono::milliseconds kPoll{50};

/// "agent audit", for each of the names.
void add_names(Changes& changes, std::string_view what, const Difference& difference) {
  const auto add = [&](std::vector<std::string>& to, const std::vector<std::string>& names) {
    for (const std::string& name : names) to.push_back(std::string(what).append(" ").append(name));
  };
  add(changes.added, difference.added);
  add(changes.removed, difference.removed);
  add(changes.changed, difference.changed);
}

/// A line of the log for each line of the text.
void log_lines(std::string_view beginning, std::string_view text) {
  for (bool more = true; more;) {
    const auto end = text.find('\n');
    log::error("{}{}", beginning, text.substr(0, end));
    more = end != text.npos;
    text.remove_prefix(more ? end + 1 : text.size());
  }
}

void log_changes(const Changes& changes) {
  for (const auto& name : changes.added) log::info("added {}", name);
  for (const auto& name : changes.removed) log::info("removed {}", name);
  for (const auto& name : changes.changed) log::info("changed {}", name);
  for (const auto& what : changes.failed) log::error("could not start {}", what);
  for (const auto& key : changes.after_restart) log::warning("the new value of {} counts after a restart", key);
  log::info("the configuration was read again");
}

}  // namespace

Daemon::Daemon(config::BridgeConfig config, Load load)
    : load_(std::move(load)),
      config_(std::move(config)),
      event_log_(bus_, secrets_),
      connections_(bus_),
      agents_(bus_, connections_) {}

// --- changes ---

Result<void> Daemon::start() {
  const std::lock_guard changing(changing_);
  for (const auto& agent : config_.agents)
    if (auto added = agents_.add(agent); !added)
      return failure(added.error().code, "agent " + agent.agent.name + ": " + added.error().message);
  std::vector<bridge::ConnectionOptions> connections;
  connections.reserve(config_.connections.size());
  for (const auto& connection : config_.connections)
    add_secrets(connections.emplace_back(connection.options), secrets_);
  if (auto started = connections_.start_configured_connections(std::move(connections)); !started) return started;
  const std::lock_guard lock(mutex_);
  if (state_ == State::starting) state_ = State::running;
  return {};
}

Result<Changes> Daemon::reload() {
  const std::lock_guard changing(changing_);
  auto changes = load_again();
  if (changes) {
    log_changes(*changes);
  } else {
    log_lines("the configuration stays as it was: ", changes.error().message);
  }
  return changes;
}

Result<Changes> Daemon::load_again() {
  if (auto may = may_change(); !may) return tl::unexpected(may.error());
  auto loaded = load_(config_);
  if (!loaded) return tl::unexpected(loaded.error());
  const auto connections = difference(config_.connections, loaded->connections);
  const auto agents = agent_difference(*loaded);
  if (auto stopped = stop_connections(connections); !stopped) return tl::unexpected(stopped.error());

  Changes changes;
  changes.after_restart = take_over(*std::move(loaded));
  add_names(changes, "connection", connections);
  add_names(changes, "agent", agents);
  change_agents(agents, changes.failed);
  for (const auto& names : {connections.changed, connections.added})
    for (const std::string& name : names)
      if (const auto started = start_configured(name); !started)
        changes.failed.push_back("connection " + name + ": " + started.error().message);
  return changes;
}

/// Agents that do not run count as changed.
Difference Daemon::agent_difference(const config::BridgeConfig& loaded) const {
  auto agents = difference(config_.agents, loaded.agents);
  const auto running = agents_.running();
  for (const auto& config : loaded.agents) {
    const std::string& name = config.agent.name;
    const auto is_in = [&](const auto& names) { return std::ranges::find(names, name) != names.end(); };
    if (!is_in(agents.added) && !is_in(agents.changed) && !running.contains(name)) agents.changed.push_back(name);
  }
  return agents;
}

void Daemon::change_agents(const Difference& agents, std::vector<std::string>& failed) {
  std::vector<config::AgentConfig> changed;
  changed.reserve(agents.changed.size());
  for (const std::string& name : agents.changed) changed.push_back(*find(config_.agents, name));
  for (const auto& [name, why] : agents_.change(agents.removed, changed))
    failed.push_back(fmt::format("agent {}: {}", name, why));
  for (const std::string& name : agents.added)
    if (const auto added = agents_.add(*find(config_.agents, name)); !added)
      failed.push_back("agent " + name + ": " + added.error().message);
}

Result<void> Daemon::may_change() const {
  const std::lock_guard lock(mutex_);
  if (state_ == State::starting) return failure(ErrorCode::unavailable, "the bridge has not started yet");
  if (state_ == State::stopping) return failure(ErrorCode::unavailable, "the bridge is about to end");
  return {};
}

std::vector<std::string> Daemon::take_over(config::BridgeConfig config) {
  std::vector<std::string> after_restart;
  const std::lock_guard lock(mutex_);
  if (config.control != config_.control) after_restart.emplace_back("control");
  if (config.log_level != config_.log_level) after_restart.emplace_back("log.level");
  if (config.log_format != config_.log_format) after_restart.emplace_back("log.format");
  config_ = std::move(config);
  return after_restart;
}

/// Stops the connections that are removed or changed. Fails when stop() is called meanwhile, because they may take
/// longer than its deadline.
Result<void> Daemon::stop_connections(const Difference& connections) {
  std::vector<client::Push> stops;
  for (const auto& names : {connections.removed, connections.changed})
    for (const std::string& name : names) stops.push_back(connections_.stop_connection(name));
  for (const client::Push& stop : stops)
    while (!stop.get_for(kPoll))
      if (auto may = may_change(); !may) return may;
  return {};
}

void Daemon::stop() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point deadline;
  {
    const std::lock_guard lock(mutex_);
    state_ = State::stopping;
    deadline = Clock::now() + config_.stop_deadline;
  }
  const std::lock_guard changing(changing_);
  const auto left = [&] { return std::max<Clock::duration>(deadline - Clock::now(), {}); };
  // A connection that a reload is stopping keeps its own deadline, and is not waited for.
  if (!connections_.stop(std::chrono::ceil<std::chrono::milliseconds>(left())).get_for(left()))
    log::warning("not all connections were closed in time");
  if (!agents_.wait_until_idle(left())) log::warning("not all agents have done what waited for them");
}

Result<void> Daemon::start_connection(const std::string& name) {
  const std::lock_guard changing(changing_);
  const auto given_up = [](const Json& health) { return health.is_object() && health.at("given_up") == true; };
  if (connections_.connection(name) && !given_up(connections_.connection_health(name)))
    return failure("the connection \"" + name + "\" is running already");
  return start_configured(name);
}

Result<void> Daemon::start_configured(const std::string& name) {
  if (auto may = may_change(); !may) return may;
  bridge::ConnectionOptions options;
  {
    const std::lock_guard lock(mutex_);
    const auto* const connection = find(config_.connections, name);
    if (!connection) return failure(ErrorCode::not_found, "the configuration has no connection \"" + name + '"');
    options = connection->options;
  }
  add_secrets(options, secrets_);
  return connections_.start_connection(std::move(options));
}

Result<void> Daemon::stop_connection(const std::string& name) {
  const auto reply = connections_.stop_connection(name).get();
  if (reply.outcome != client::Outcome::closed) return {};
  const std::lock_guard lock(mutex_);
  return failure(find(config_.connections, name) ? "the connection \"" + name + "\" is stopped already"
                                                 : "the configuration has no connection \"" + name + '"');
}

Result<std::shared_ptr<bridge::Connection>> Daemon::connection(const std::string& name) const {
  auto connection = connections_.connection(name);
  if (connection) return connection;
  const std::lock_guard lock(mutex_);
  return failure(find(config_.connections, name) ? "the connection \"" + name + "\" was stopped"
                                                 : "the configuration has no connection \"" + name + '"');
}

// --- status ---

Json Daemon::hide(Json value) const {
  if (auto* const text = value.if_string()) *text = secrets_.hide({text->data(), text->size()});
  if (auto* const elements = value.if_array())
    for (Json& element : *elements) element = hide(std::move(element));
  if (auto* const members = value.if_object())
    for (auto& [name, member] : *members) member = hide(std::move(member));
  return value;
}

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
