#include "replies.hpp"

#include <utility>

#include "cli/json_lines.hpp"
#include "client_failure.hpp"

namespace suzaku::program {

void Replies::add(const std::string& event, client::Push push) {
  waiting_.push_back({event, push});
  push.then([this](const client::Reply&) { print(); });
}

/// Whatever stands at the front and has ended.
void Replies::print() {
  bool progress = false;
  while (!run_.is_ending() && !waiting_.empty()) {
    const auto reply = waiting_.front().push.try_get();
    if (!reply) break;
    const std::string event = std::move(waiting_.front().event);
    waiting_.pop_front();
    progress = true;
    if (is_failure(*reply) && failures_++ == 0) first_failure_ = failure_of(event, *reply);
    run_.print(line(event, *reply));
  }
  if (progress && on_progress_ && !run_.is_ending()) on_progress_();
}

bool Replies::is_failure(const client::Reply& reply) const {
  if (!options_.lenient) return !reply.ok();
  return reply.outcome == client::Outcome::disconnected || reply.outcome == client::Outcome::closed;
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
