#include <algorithm>
#include <map>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <suzaku/signals/coordinator.hpp>

#include "signals/actor.hpp"

namespace suzaku::signals {

class Coordinator::State {
 public:
  State(SignalBus& bus, Options options)
      : bus_(bus),
        dead_letters_(std::move(options.on_dead_letter)),
        pool_(options.threads > 0 ? options.threads : std::max(std::thread::hardware_concurrency(), 1U)) {
    unheard_ = std::make_shared<Actor>(
        Agent{.name = "(dead letters)",
              .patterns = {},
              .start =
                  [this] { return [this](const Signal& signal) { dead_letters_.add(signal, "nobody wanted it"); }; }},
        pool_, dead_letters_);
    unheard_->begin_with_unheard(bus_);
  }

  ~State() {
    for (const auto& [name, actor] : actors_) actor->remove(true);
    unheard_->remove(true);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Result<void> add(Agent agent) {
    if (!agent.start) throw std::invalid_argument("an agent needs a start function");
    const std::lock_guard lock(mutex_);
    std::string name = agent.name;
    if (actors_.contains(name)) return failure(fmt::format("there is an agent {} already", name));
    const auto actor = std::make_shared<Actor>(std::move(agent), pool_, dead_letters_);
    actor->begin(bus_);
    actors_.emplace(std::move(name), actor);
    return {};
  }

  bool remove(std::string_view name) {
    std::shared_ptr<Actor> actor;
    {
      const std::lock_guard lock(mutex_);
      const auto found = actors_.find(name);
      if (found == actors_.end()) return false;
      actor = std::move(found->second);
      actors_.erase(found);
    }
    actor->remove(!pool_.in_this_thread());
    return true;
  }

  std::vector<AgentStatus> agents() const {
    const std::lock_guard lock(mutex_);
    std::vector<AgentStatus> all;
    for (const auto& [name, actor] : actors_) all.push_back(actor->status());
    return all;
  }

  bool wait_until_idle(std::chrono::nanoseconds time) { return pool_.wait_until_idle(time); }
  std::uint64_t dead_letters() const { return dead_letters_.count(); }

 private:
  SignalBus& bus_;
  DeadLetters dead_letters_;
  WorkerPool pool_;
  std::shared_ptr<Actor> unheard_;
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, std::shared_ptr<Actor>, std::less<>> actors_;
};

Coordinator::Coordinator(SignalBus& bus, Options options) : state_(std::make_unique<State>(bus, std::move(options))) {}
Coordinator::~Coordinator() = default;

Result<void> Coordinator::add(Agent agent) {
  return state_->add(std::move(agent));
}
bool Coordinator::remove(std::string_view name) {
  return state_->remove(name);
}
bool Coordinator::wait_until_idle(std::chrono::nanoseconds time) {
  return state_->wait_until_idle(time);
}
std::vector<Coordinator::AgentStatus> Coordinator::agents() const {
  return state_->agents();
}
std::uint64_t Coordinator::dead_letters() const {
  return state_->dead_letters();
}

}  // namespace suzaku::signals
