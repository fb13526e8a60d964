#include "daemon/agents.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "signals/timestamp.hpp"
#include "sinks/make_sink.hpp"
#include "sinks/webhook_sink.hpp"

namespace suzaku::daemon {

Agents::Agents(signals::SignalBus& bus, bridge::ConnectionSupervisor& connections)
    : bus_(bus),
      connections_(connections),
      output_(STDOUT_FILENO),
      coordinator_(bus, {.threads = 1}) {}  // for dead letters

Agents::~Agents() {
  std::vector<std::string> names;
  names.reserve(members_.size());
  for (const auto& [name, member] : members_) names.push_back(name);
  change(names, {});
}

/// nullptr when the sink could not be made, or the change was aborted before that.
Agents::SinkPtr Agents::sink_of(const ComingSink& coming) {
  try {
    const auto& sink = coming.get();
    return sink ? sink->lock() : nullptr;
  } catch (const std::future_error&) {
    return nullptr;
  }
}

signals::Agent Agents::with_sink(signals::Agent agent, SinkPromise& promise) {
  agent.has_own_thread = true;
  const ComingSink coming = promise.get_future().share();
  agent.start = [coming]() -> signals::BatchHandler {
    const auto& sink = coming.get();  // waits before it takes signals
    if (!sink) throw std::runtime_error(sink.error().message);
    return [sink = sink->lock()](std::span<const signals::SignalPtr> batch) { sink->take(batch); };
  };
  agent.stop = [coming] {
    if (const SinkPtr sink = sink_of(coming)) sink->stop();
  };
  return agent;
}

Result<void> Agents::add(const config::AgentConfig& config) {
  const auto sink = make_sink(config);
  if (!sink) return tl::unexpected(sink.error());
  SinkPromise promise;
  promise.set_value(*sink);
  if (auto added = coordinator_.add(with_sink(config.agent, promise)); !added) return added;
  const std::lock_guard lock(mutex_);
  members_[config.agent.name] = {std::string(sinks::kind_of(config.sink)), *sink};
  return {};
}

std::map<std::string, std::string> Agents::change(const std::vector<std::string>& removed,
                                                  const std::vector<config::AgentConfig>& changed) {
  std::vector<SinkPtr> old;
  std::vector<SinkPromise> promises(changed.size());
  for (std::size_t i = 0; i < changed.size(); ++i) {
    old.push_back(take_sink(changed[i].agent.name));
    replace(with_sink(changed[i].agent, promises[i]));
  }
  for (const std::string& name : removed) {
    old.push_back(take_sink(name));
    remove(name);
  }
  old.clear();  // all sinks were stopped with their agents, so they end at the same time

  std::map<std::string, std::string> failed;
  for (std::size_t i = 0; i < changed.size(); ++i)
    if (auto made = fill(changed[i], promises[i]); !made) failed.emplace(changed[i].agent.name, made.error().message);
  return failed;
}

/// Removes the sink of a member and returns it. The caller keeps it until its agent has ended.
Agents::SinkPtr Agents::take_sink(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = members_.find(name);
  return found == members_.end() ? nullptr : std::exchange(found->second.sink, nullptr);
}

/// Replaces the agent, or adds it if there is none.
void Agents::replace(const signals::Agent& agent) {
  if (!coordinator_.replace(agent)) (void)coordinator_.add(agent);
}

void Agents::remove(const std::string& name) {
  coordinator_.remove(name);
  const std::lock_guard lock(mutex_);
  members_.erase(name);
}

Result<void> Agents::fill(const config::AgentConfig& config, SinkPromise& promise) {
  const auto sink = make_sink(config);
  if (!sink) {
    promise.set_value(tl::unexpected(sink.error()));
    remove(config.agent.name);
    return tl::unexpected(sink.error());
  }
  {
    const std::lock_guard lock(mutex_);
    members_[config.agent.name] = {std::string(sinks::kind_of(config.sink)), *sink};
  }
  promise.set_value(*sink);
  return {};
}

Result<Agents::SinkPtr> Agents::make_sink(const config::AgentConfig& config) {
  return sinks::make_sink(config.sink, config.agent.name,
                          {.bus = bus_, .connections = connections_, .output = output_});
}

bool Agents::wait_until_idle(std::chrono::nanoseconds time) {
  return coordinator_.wait_until_idle(time);
}

std::set<std::string> Agents::running() const {
  std::set<std::string> names;
  for (const Json& agent : status())
    if (agent.at("is_running").as_bool()) names.emplace(agent.at("name").as_string());
  return names;
}

namespace {

/// Adds the status of a sink to that of its agent.
void add_sink(JsonObject& status, const JsonObject& sink) {
  static constexpr std::array<std::string_view, 4> kSums = {"waiting", "waiting_bytes", "dropped", "failures"};
  for (const auto& [key, value] : sink) {
    const bool is_sum = std::ranges::find(kSums, std::string_view(key.data(), key.size())) != kSums.end();
    if (is_sum) {
      status[key] = status[key].to_number<std::uint64_t>() + value.to_number<std::uint64_t>();
    } else if (!std::string_view(key.data(), key.size()).starts_with("last_failure") ||
               (value != "" && value != nullptr)) {
      status[key] = value;
    }
  }
}

}  // namespace

JsonArray Agents::status() const {
  JsonArray all;
  const auto agents = coordinator_.agents();
  const std::lock_guard lock(mutex_);
  for (const auto& agent : agents) {
    const auto found = members_.find(agent.name);
    if (found == members_.end()) continue;  // it is being removed
    const JsonObject sink = found->second.sink ? found->second.sink->status() : JsonObject();
    const Json* const sink_is_given_up = sink.if_contains("is_given_up");
    JsonObject status{{"name", agent.name},
                      {"sink", found->second.kind},
                      {"is_running", agent.is_running && !(sink_is_given_up && sink_is_given_up->as_bool())},
                      {"waiting", agent.waiting},
                      {"waiting_bytes", agent.waiting_bytes},
                      {"handled", agent.handled},
                      {"dropped", agent.dropped},
                      {"failures", agent.failures},
                      {"last_failure", agent.last_failure},
                      {"last_failure_at", nullptr}};
    if (agent.last_failure_at) {
      std::string at;
      signals::append_timestamp(at, *agent.last_failure_at);
      status["last_failure_at"] = at;
    }
    add_sink(status, sink);
    all.push_back(std::move(status));
  }
  return all;
}

Result<std::shared_ptr<sinks::WebhookSink>> Agents::webhook(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = members_.find(name);
  if (found == members_.end()) return failure(ErrorCode::not_found, "there is no agent \"" + name + '"');
  auto webhook = std::dynamic_pointer_cast<sinks::WebhookSink>(found->second.sink);
  if (!webhook) return failure(ErrorCode::unavailable, "the agent \"" + name + "\" is no webhook, or does not run");
  return webhook;
}

std::uint64_t Agents::dead_letters() const {
  return coordinator_.dead_letters();
}

}  // namespace suzaku::daemon
