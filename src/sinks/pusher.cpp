#include "sinks/pusher.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/left_out.hpp"
#include "base/log.hpp"
#include "base/log_limit.hpp"
#include "base/printable.hpp"

namespace suzaku::sinks {

using bridge::PushError;

namespace {

/// Maximum bytes of a name that is kept while a push has no answer. Users may have chosen the name.
constexpr std::size_t kExcerpt = 100;

}  // namespace

/// The outcomes of the pushes. It outlives the pusher, because answers may arrive later.
class Pusher::Answers {
 public:
  explicit Answers(std::string agent) : agent_(std::move(agent)) {}

  bool wait_for_room(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    return came_.wait(lock, stop, [this] { return counts_.unanswered < kMostUnanswered; });
  }

  void begin() {
    const std::lock_guard lock(mutex_);
    ++counts_.unanswered;
  }

  void end(const std::string& where, client::Outcome outcome, const std::string& message) {
    std::optional<std::uint64_t> more;
    {
      const std::lock_guard lock(mutex_);
      --counts_.unanswered;
      ++count_of(outcome);
      // Channels often send no reply.
      const bool is_news = outcome != client::Outcome::ok && outcome != client::Outcome::timeout;
      if (is_news) more = log_limit_.pass(LogLimit::Clock::now());
    }
    came_.notify_one();
    if (more) {
      log::warning("agent {}: {}: the push has ended with {}: {}{}", agent_, where, client::to_string(outcome), message,
                   left_out_note(*more));
    }
  }

  Counts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  std::uint64_t& count_of(client::Outcome outcome) noexcept {
    if (outcome == client::Outcome::ok) return counts_.ok;
    return outcome == client::Outcome::timeout ? counts_.timeouts : counts_.errors;
  }

  const std::string agent_;
  mutable std::mutex mutex_;  // guards the members below
  std::condition_variable_any came_;
  Counts counts_;
  LogLimit log_limit_{1};
};

/// A push that was sent. It is counted once, also when the connection is destroyed before the answer.
class Pusher::Unanswered {
 public:
  Unanswered(std::shared_ptr<Answers> answers, const PushCommand& command)
      : answers_(std::move(answers)),
        where_(fmt::format("\"{}\" to \"{}\" of {}", printable(command.event, kExcerpt),
                           printable(command.topic, kExcerpt), command.connection)) {
    answers_->begin();
  }
  ~Unanswered() {
    if (!has_ended_) answers_->end(where_, client::Outcome::closed, "the connection is gone");
  }
  Unanswered(const Unanswered&) = delete;
  Unanswered& operator=(const Unanswered&) = delete;

  void end(const client::Reply& reply) {
    has_ended_ = true;
    answers_->end(where_, reply.outcome, reply.message);
  }

 private:
  const std::shared_ptr<Answers> answers_;
  const std::string where_;
  bool has_ended_ = false;
};

Pusher::Pusher(const bridge::ConnectionSupervisor& connections, std::string agent)
    : connections_(connections), answers_(std::make_shared<Answers>(std::move(agent))) {}

tl::expected<void, PushError> Pusher::push(const PushCommand& command, const std::stop_token& stop) {
  using Kind = PushError::Kind;
  if (!answers_->wait_for_room(stop)) {
    return tl::unexpected(PushError{Kind::stopped, fmt::format("{} pushes have no answer yet", kMostUnanswered)});
  }
  const auto connection = connections_.connection(command.connection);
  if (!connection) {
    return tl::unexpected(
        PushError{Kind::stopped, fmt::format("there is no connection named \"{}\"", command.connection)});
  }
  auto push = connection->push_event(command.topic, command.event, command.payload);
  if (!push) {
    return tl::unexpected(
        PushError{push.error().kind, fmt::format("connection {}: {}", command.connection, push.error().message)});
  }
  push->then([unanswered = std::make_shared<Unanswered>(answers_, command)](const client::Reply& reply) {
    unanswered->end(reply);
  });
  return {};
}

Pusher::Counts Pusher::counts() const {
  return answers_->counts();
}

}  // namespace suzaku::sinks
