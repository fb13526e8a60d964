#include "daemon/agents.hpp"

#include <span>
#include <utility>

#include <unistd.h>

#include "sinks/make_sink.hpp"

namespace suzaku::daemon {

Agents::Agents(signals::SignalBus& bus, bridge::ConnectionSupervisor& connections)
    : bus_(bus),
      connections_(connections),
      output_(STDOUT_FILENO),
      coordinator_(bus, {.threads = 1}) {}  // for dead letters

Agents::~Agents() {
  for (const auto& [name, member] : members_) member.sink->stop();  // all at the same time
  while (!members_.empty()) remove(std::string(members_.begin()->first));
}

Result<void> Agents::add(const config::AgentConfig& config) {
  const auto sink =
      sinks::make_sink(config.sink, config.agent.name, {.bus = bus_, .connections = connections_, .output = output_});
  if (!sink) return tl::unexpected(sink.error());
  signals::Agent agent = config.agent;
  agent.has_own_thread = true;
  agent.start = [sink = *sink]() -> signals::BatchHandler {
    return [sink](std::span<const signals::SignalPtr> batch) { sink->take(batch); };
  };
  const std::lock_guard lock(mutex_);
  if (auto added = coordinator_.add(std::move(agent)); !added) return added;
  members_.emplace(config.agent.name, Member{std::string(sinks::kind_of(config.sink)), *sink});
  return {};
}

void Agents::remove(const std::string& name) {
  Member member;
  {
    const std::lock_guard lock(mutex_);
    const auto found = members_.find(name);
    if (found == members_.end()) return;
    member = std::move(found->second);
    members_.erase(found);
  }
  member.sink->stop();
  coordinator_.remove(name);
}

bool Agents::wait_until_idle(std::chrono::nanoseconds time) {
  return coordinator_.wait_until_idle(time);
}

std::vector<std::string> Agents::given_up() const {
  std::vector<std::string> names;
  for (const Json& agent : status())
    if (!agent.at("is_running").as_bool()) names.emplace_back(agent.at("name").as_string());
  return names;
}

JsonArray Agents::status() const {
  JsonArray all;
  const auto agents = coordinator_.agents();
  const std::lock_guard lock(mutex_);
  for (const auto& agent : agents) {
    const auto found = members_.find(agent.name);
    if (found == members_.end()) continue;  // it is being removed
    const JsonObject sink = found->second.sink->status();
    const Json* const sink_is_given_up = sink.if_contains("is_given_up");
    JsonObject status{{"name", agent.name},
                      {"sink", found->second.kind},
                      {"is_running", agent.is_running && !(sink_is_given_up && sink_is_given_up->as_bool())},
                      {"waiting", agent.waiting},
                      {"handled", agent.handled},
                      {"dropped", agent.dropped},
                      {"failures", agent.failures},
                      {"last_failure", agent.last_failure}};
    for (const auto& [key, value] : sink) status[key] = value;
    all.push_back(std::move(status));
  }
  return all;
}

std::uint64_t Agents::dead_letters() const {
  return coordinator_.dead_letters();
}

}  // namespace suzaku::daemon
