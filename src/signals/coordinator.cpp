#include <algorithm>
#include <map>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <suzaku/signals/coordinator.hpp>

#include "signals/actor.hpp"

namespace suzaku::signals {

class Coordinator::Impl {
 public:
  Impl(SignalBus& bus, Options options)
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

  ~Impl() {
    for (const auto& [name, member] : members_) member.actor->remove(true);
    unheard_->remove(true);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> add(Agent agent) {
    if (!agent.start) throw std::invalid_argument("an agent needs a start function");
    const std::lock_guard lock(mutex_);
    drop_idle_threads();
    std::string name = agent.name;
    if (members_.contains(name)) return failure(ErrorCode::exists, fmt::format("there is an agent {} already", name));
    Member member = make(std::move(agent));
    member.actor->begin(bus_);
    members_.emplace(std::move(name), std::move(member));
    return {};
  }

  Result<void> replace(Agent agent) {
    if (!agent.start) throw std::invalid_argument("an agent needs a start function");
    const bool waits = !in_a_handler();
    std::shared_ptr<Actor> actor;
    Member before;
    {
      const std::lock_guard lock(mutex_);
      drop_idle_threads();
      const auto found = members_.find(agent.name);
      if (found == members_.end())
        return failure(ErrorCode::not_found, fmt::format("there is no agent {}", agent.name));
      Member member = make(std::move(agent));
      actor = member.actor;
      actor->take_over(bus_, *found->second.actor);
      before = std::exchange(found->second, std::move(member));
      if (!waits && before.thread) removed_threads_.push_back(before.thread);
    }
    actor->begin_after(*before.actor, waits);
    return {};
  }

  bool remove(std::string_view name) {
    const bool waits = !in_a_handler();
    Member member;
    {
      const std::lock_guard lock(mutex_);
      const auto found = members_.find(name);
      if (found == members_.end()) return false;
      member = std::move(found->second);
      members_.erase(found);
      if (!waits && member.thread) removed_threads_.push_back(member.thread);
    }
    member.actor->remove(waits);
    return true;
  }

  std::vector<AgentStatus> agents() const {
    const std::lock_guard lock(mutex_);
    std::vector<AgentStatus> all;
    all.reserve(members_.size());
    for (const auto& [name, member] : members_) all.push_back(member.actor->status());
    return all;
  }

  bool wait_until_idle(std::chrono::nanoseconds time) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    const auto threads = own_threads();
    const auto left = [&] {
      return std::max(deadline - std::chrono::steady_clock::now(), std::chrono::nanoseconds(0));
    };
    const auto is_idle = [](const auto& pool) { return pool->wait_until_idle(std::chrono::nanoseconds(0)); };
    do {  // an agent may have dispatched signals to another in its last turn
      if (!pool_.wait_until_idle(left())) return false;
      for (const auto& thread : threads)
        if (!thread->wait_until_idle(left())) return false;
    } while (!std::ranges::all_of(threads, is_idle) || !is_idle(&pool_));
    return true;
  }
  std::uint64_t dead_letters() const { return dead_letters_.count(); }

 private:
  struct Member {
    std::shared_ptr<WorkerPool> thread = {};  // of its own, or none
    std::shared_ptr<Actor> actor = {};
  };

  Member make(Agent agent) {
    Member member;
    if (agent.has_own_thread) member.thread = std::make_shared<WorkerPool>(1);
    member.actor = std::make_shared<Actor>(std::move(agent), member.thread ? *member.thread : pool_, dead_letters_);
    return member;
  }

  /// To be called with the mutex locked. Ends threads of agents that were removed within a handler, except the calling
  /// thread.
  void drop_idle_threads() {
    std::erase_if(removed_threads_, [](const auto& thread) { return thread->wait_until_idle({}); });
  }

  std::vector<std::shared_ptr<WorkerPool>> own_threads() const {
    const std::lock_guard lock(mutex_);
    auto threads = removed_threads_;
    for (const auto& [name, member] : members_)
      if (member.thread) threads.push_back(member.thread);
    return threads;
  }

  bool in_a_handler() const {
    return pool_.in_this_thread() ||
           std::ranges::any_of(own_threads(), [](const auto& thread) { return thread->in_this_thread(); });
  }

  SignalBus& bus_;
  DeadLetters dead_letters_;
  WorkerPool pool_;
  std::shared_ptr<Actor> unheard_;
  mutable std::mutex mutex_;  // guards the members below
  std::map<std::string, Member, std::less<>> members_;
  std::vector<std::shared_ptr<WorkerPool>> removed_threads_;  // a thread cannot wait for its own end
};

Coordinator::Coordinator(SignalBus& bus, Options options) : impl_(std::make_unique<Impl>(bus, std::move(options))) {}
Coordinator::~Coordinator() = default;

Result<void> Coordinator::add(Agent agent) {
  return impl_->add(std::move(agent));
}
Result<void> Coordinator::replace(Agent agent) {
  return impl_->replace(std::move(agent));
}
bool Coordinator::remove(std::string_view name) {
  return impl_->remove(name);
}
bool Coordinator::wait_until_idle(std::chrono::nanoseconds time) {
  return impl_->wait_until_idle(time);
}
std::vector<Coordinator::AgentStatus> Coordinator::agents() const {
  return impl_->agents();
}
std::uint64_t Coordinator::dead_letters() const {
  return impl_->dead_letters();
}

}  // namespace suzaku::signals
