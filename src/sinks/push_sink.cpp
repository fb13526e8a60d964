#include "sinks/push_sink.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/left_out.hpp"
#include "base/log.hpp"

namespace suzaku::sinks {
namespace {

/// Interval of checks without an event. A check also joins channels again that other users of the connection have left.
constexpr std::chrono::seconds kPause{1};

bool is_message(const signals::Signal& signal) {
  return signal.phoenixkind == "broadcast" || signal.phoenixkind == "push";
}

/// Whether the push goes back to where the signal came from. A channel that broadcasts pushes would repeat it for ever.
bool leads_back(const PushCommand& command, const signals::Signal& signal) {
  return command.connection == signal.connection && command.topic == signal.phoenixtopic &&
         command.event == signal.phoenixevent;
}

/// Wakes the thread that waits.
class Wake {
 public:
  void set() {
    {
      const std::lock_guard lock(mutex_);
      has_rung_ = true;
    }
    rung_.notify_one();
  }

  /// Waits until it has rung since the last call, or the pause is over.
  void wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    rung_.wait_for(lock, stop, kPause, [this] { return has_rung_; });
    has_rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any rung_;
  bool has_rung_ = false;
};

}  // namespace

PushSink::PushSink(std::string agent, PushOptions options, const bridge::ConnectionSupervisor& connections,
                   signals::SignalBus& bus)
    : agent_(std::move(agent)),
      options_(std::move(options)),
      connections_(connections),
      bus_(bus),
      pusher_(connections, agent_) {}

void PushSink::take(std::span<const signals::SignalPtr> batch) {
  const Held::Batch held(held_, batch.size());
  for (const auto& signal : batch) {
    const PushCommand command{.connection = options_.connection,
                              .topic = options_.topic.empty() ? signal->phoenixtopic : options_.topic,
                              .event = options_.event.empty() ? signal->phoenixevent : options_.event,
                              .payload = signal->data};
    if (!is_message(*signal) || leads_back(command, *signal)) {
      skipped_.add();
    } else {
      deliver(command);
      if (stop_.stop_requested()) return;
    }
    held_.pass_on();
  }
}

void PushSink::deliver(const PushCommand& command) {
  if (is_done(command)) return;
  Wake wake;
  // Takes the signals of all connections, because they are few. When all are taken the next one rings again.
  auto changes = bus_.subscribe_type("**", {.messages = false, .on_waiting = [&wake] { wake.set(); }});
  while (!stop_.stop_requested() && !is_done(command)) {
    wake.wait(stop_.get_token());
    while (changes.take()) continue;
  }
}

/// True when the message was sent, or can never be sent.
bool PushSink::is_done(const PushCommand& command) {
  const auto sent = pusher_.push(command, stop_.get_token());
  if (sent) return true;
  const auto& [kind, message] = sent.error();
  const auto refusal = join_if_needed(command.topic, kind);
  if (kind != bridge::PushError::Kind::invalid && !refusal) {
    say_that_it_waits(message);
    return false;
  }
  drop(command, refusal.value_or(message));
  return true;
}

/// Joins the channel if it is not joined. Returns the reason when the connection has no room for it now.
std::optional<std::string> PushSink::join_if_needed(const std::string& topic, bridge::PushError::Kind why) {
  const bool is_not_joined = why == bridge::PushError::Kind::not_joined;
  if (!is_not_joined && why != bridge::PushError::Kind::joining) return std::nullopt;
  const auto connection = connections_.connection(options_.connection);
  if (!connection) return std::nullopt;
  const auto now = Clock::now();
  const auto at = joins_.find(topic);
  const bool is_ours = at != joins_.end() && at->second.of.lock() == connection;
  const auto reply = is_ours ? at->second.push.try_get() : std::nullopt;
  if (reply && reply->refusal == client::Refusal::too_many_channels) {
    auto& refused = at->second.refused;
    if (!refused) {
      refused = now;
      connection->leave_channel(topic);  // a refused channel is not joined again, and would stay for ever
    }
    if (now - *refused < kPause) return reply->message;  // it is tried again after the pause
  } else if (reply && !reply->ok()) {
    tell_refusal(topic, at->second, *reply);
  }
  const bool may_join = !is_ours || (reply && now - at->second.begun >= kPause);
  if (is_not_joined && may_join) {
    forget_old_joins(now);
    joins_.insert_or_assign(topic, Join{.of = connection, .push = connection->join_channel(topic), .begun = now});
  }
  return std::nullopt;
}

/// Forgets joins that have ended. Only the channel of the current message is waited for.
void PushSink::forget_old_joins(Clock::time_point now) {
  std::erase_if(joins_, [&](const auto& entry) {
    const Join& join = entry.second;
    return join.of.expired() || (join.push.try_get() && now - join.begun >= kPause);
  });
}

void PushSink::tell_refusal(const std::string& topic, Join& join, const client::Reply& reply) {
  if (std::exchange(join.is_refusal_told, true)) return;
  log::warning("agent {}: connection {} cannot join \"{}\": {}; messages for it wait while it is tried again", agent_,
               options_.connection, topic, reply.message);
}

void PushSink::say_that_it_waits(const std::string& why) {
  if (stop_.stop_requested()) return;
  if (waits_.pass(LogLimit::Clock::now())) log::info("agent {}: its messages wait: {}", agent_, why);
}

void PushSink::drop(const PushCommand& command, const std::string& why) {
  dropped_.add();
  if (const auto more = drops_.pass(LogLimit::Clock::now())) {
    log::warning("agent {}: \"{}\" to \"{}\" is dropped: {}{}", agent_, command.event, command.topic, why,
                 left_out_note(*more));
  }
}

JsonObject PushSink::status() const {
  const auto counts = pusher_.counts();
  return {{"waiting", held_.get()},    {"sent", counts.sent()},       {"ok", counts.ok},
          {"errors", counts.errors},   {"timeouts", counts.timeouts}, {"unanswered", counts.unanswered},
          {"skipped", skipped_.get()}, {"dropped", dropped_.get()}};
}

}  // namespace suzaku::sinks
