#include "signals/actor.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/thrown.hpp"

namespace suzaku::signals {
namespace {

/// Signals of one turn. After them other actors have their turn.
constexpr std::size_t kSignalsPerTurn = 64;
/// Bytes of a batch. A batch has at least one signal.
constexpr std::size_t kBytesPerBatch = 1 << 20;

}  // namespace

Actor::Actor(Agent agent, WorkerPool& pool, DeadLetters& dead_letters)
    : agent_(std::move(agent)), pool_(pool), dead_letters_(dead_letters), policy_(agent_.restart) {}

SubscriptionOptions Actor::options() {
  return {.capacity = agent_.capacity,
          .max_bytes = agent_.max_bytes,
          .drop = agent_.drop,
          .filters = agent_.filters,
          .on_waiting = [this] { wake(); },
          .on_drop =
              [this](const SignalPtr& lost) {
                dead_letters_.add(*lost, fmt::format("the queue of agent {} was full", agent_.name));
              }};
}

void Actor::begin(SignalBus& bus) {
  turn_ = Turn::running;  // signals may come before the subscription is kept
  begin(bus.subscribe_types(agent_.patterns, options()));
}

void Actor::begin_with_unheard(SignalBus& bus) {
  turn_ = Turn::running;  // likewise
  begin(bus.subscribe_unheard(options()));
}

void Actor::take_over(SignalBus& bus, Actor& before) {
  turn_ = Turn::running;  // a thread that removes this actor waits for begin_after()
  subscription_ = bus.replace(*before.subscription_, agent_.patterns, options());
}

void Actor::begin_after(Actor& before, bool waits) {
  before.remove(waits);
  wake();
  end_turn();
}

void Actor::begin(Subscription subscription) {
  subscription_ = std::move(subscription);
  wake();
  end_turn();
}

void Actor::wake() {
  const std::lock_guard lock(mutex_);
  wants_turn_ = wants_turn_ || turn_ == Turn::running;
  if (turn_ != Turn::none || is_removed_) return;
  turn_ = Turn::posted;
  post();
}

void Actor::post() {
  if (auto self = weak_from_this().lock()) pool_.post([self = std::move(self)] { self->turn(); });
}

void Actor::turn() {
  {
    const std::lock_guard lock(mutex_);
    if (is_removed_) return;
    turn_ = Turn::running;
    wants_turn_ = false;
  }
  handle_waiting();
  end_turn();
}

void Actor::end_turn() {
  std::unique_lock lock(mutex_);
  if (is_removed_) {
    lock.unlock();
    clean_up();
    lock.lock();
  }
  turn_ = wants_turn_ && !is_removed_ ? Turn::posted : Turn::none;
  if (turn_ == Turn::posted) post();
  turn_ended_.notify_all();
}

void Actor::handle_waiting() {
  for (std::size_t left = kSignalsPerTurn; left > 0;) {
    while (!has_handler() && !is_given_up_ && !is_removed_) start();
    if (is_removed_) return;
    const std::size_t handled = handle_some(left);
    if (handled == 0) return;
    left -= handled;
  }
  const std::lock_guard lock(mutex_);
  wants_turn_ = true;
}

std::size_t Actor::handle_some(std::size_t most) {
  const auto* const batches = std::get_if<BatchHandler>(&handler_);
  const auto signals = subscription_->take_many(batches && !is_given_up_ ? most : 1, kBytesPerBatch);
  if (signals.empty()) return 0;
  if (is_given_up_) {
    dead_letters_.add(*signals.front(), fmt::format("agent {} was given up", agent_.name));
    return 1;
  }
  try {
    if (batches) {
      (*batches)(signals);
    } else {
      std::get<Handler>(handler_)(Signal(*signals.front()));  // a copy, so that it may call Payload::json()
    }
    handled_ += signals.size();
  } catch (...) {
    fail(what_is_thrown());
  }
  return signals.size();
}

bool Actor::has_handler() const noexcept {
  return std::visit([](const auto& handler) { return static_cast<bool>(handler); }, handler_);
}

void Actor::start() {
  try {
    handler_ = agent_.start();
    if (!has_handler()) throw std::logic_error("it has started without a handler");
  } catch (...) {
    fail(what_is_thrown());
  }
}

void Actor::fail(std::string what) {
  handler_ = {};
  is_given_up_ = !policy_.restarts(End::failed, RestartPolicy::Clock::now());
  if (is_given_up_) {
    log::error("agent {} has failed and is given up: {}", agent_.name, what);
  } else {
    log::warning("agent {} has failed and is started again: {}", agent_.name, what);
  }
  const std::lock_guard lock(mutex_);
  ++failures_;
  last_failure_ = std::move(what);
  last_failure_at_ = std::chrono::system_clock::now();
}

void Actor::remove(bool waits) {
  {
    const std::lock_guard lock(mutex_);
    is_removed_ = true;
  }
  if (agent_.stop) agent_.stop();
  std::unique_lock lock(mutex_);
  if (turn_ == Turn::running) {  // the turn destroys the handler
    if (waits) turn_ended_.wait(lock, [this] { return turn_ != Turn::running; });
    return;
  }
  lock.unlock();
  clean_up();
}

void Actor::clean_up() {
  handler_ = {};
  for (const SignalPtr& lost : subscription_->end())
    dead_letters_.add(*lost, fmt::format("agent {} has ended", agent_.name));
}

Coordinator::AgentStatus Actor::status() const {
  // The subscription calls wake() while it is locked. So it must not be called with the mutex locked.
  const std::size_t waiting = subscription_->waiting();
  const std::size_t waiting_bytes = subscription_->waiting_bytes();
  const std::uint64_t dropped = subscription_->dropped();
  const std::lock_guard lock(mutex_);
  return {.name = agent_.name,
          .is_running = !is_given_up_,
          .waiting = waiting,
          .waiting_bytes = waiting_bytes,
          .handled = handled_,
          .dropped = dropped,
          .failures = failures_,
          .last_failure = last_failure_,
          .last_failure_at = last_failure_at_};
}

}  // namespace suzaku::signals
