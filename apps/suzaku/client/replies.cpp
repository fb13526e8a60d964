#include "replies.hpp"

#include <utility>

#include "cli/json_lines.hpp"
#include "client_failure.hpp"

namespace suzaku::program {

void Replies::add(const std::string& event, client::Push push) {
  waiting_.push_back({event, push});
  push.then([this](const client::Reply&) { print(); });
}

/// Prints the replies that have come. Without names, only those before the first one that is missing.
void Replies::print() {
  bool progress = false;
  for (auto next = waiting_.begin(); next != waiting_.end() && !run_.is_ending();) {
    const auto reply = next->push.try_get();
    if (!reply && !options_.named) break;
    if (!reply) {
      ++next;
      continue;
    }
    const std::string event = std::move(next->event);
    next = waiting_.erase(next);
    progress = true;
    if (is_failure(*reply) && failures_++ == 0) first_failure_ = failure_of(event, *reply);
    run_.print(line(event, *reply));
  }
  if (progress && on_progress_ && !run_.is_ending()) on_progress_();
}

bool Replies::is_failure(const client::Reply& reply) const {
  if (options_.failures == Failures::not_ok) return !reply.ok();
  const bool is_unanswered = reply.outcome == client::Outcome::disconnected || reply.outcome == client::Outcome::closed;
  return options_.failures == Failures::unanswered && is_unanswered;
}

std::string Replies::line(const std::string& event, const client::Reply& reply) const {
  const bool is_answered = reply.ok() || (reply.outcome == client::Outcome::error && reply.was_sent);
  JsonLine line;
  if (options_.named) line.text("reply", event);
  return line.text("status", reply.status)
      .payload("response", reply.response)
      .milliseconds("ms", is_answered ? std::optional(reply.round_trip) : std::nullopt)
      .str();
}

std::optional<Failure> Replies::failure() const {
  if (failures_ < 2) return first_failure_;
  return Failure{first_failure_->code,
                 first_failure_->message + " (and " + std::to_string(failures_ - 1) + " more failed)"};
}

}  // namespace suzaku::program
