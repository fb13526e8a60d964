#include "client/core/rejoin_policy.hpp"

#include <exception>

#include "client/core/replies.hpp"
#include "protocol/try_again.hpp"

namespace suzaku::client::core {

bool RejoinPolicy::retries_refused(const Reply& reply) const {
  if (!options_.retry_refused) return protocol::may_try_again_after_join(reason_of(reply.refusal));
  try {
    return options_.retry_refused(reply);
  } catch (...) {
    observer_.on_user_error(std::current_exception(), "retry_refused");
    return true;
  }
}

Decision RejoinPolicy::on_failure(const std::string& message, TimePoint now, double random) {
  counter_.on_failure(now, options_.stable_after);
  if (counter_.has_used(options_.max_attempts))
    return {.why = std::to_string(options_.max_attempts) + " joins in a row failed"};
  const Disconnect reason{.kind = Disconnect::Kind::closed, .message = message};
  const std::size_t attempt = counter_.retries() + 1;
  const Retry retry{.attempt = attempt, .elapsed = counter_.elapsed(now), .reason = reason};
  const auto wait = delay_for(retry, random);
  if (!wait) return {.why = "the backoff gives no more delays"};
  counter_.on_retry();
  return {.retry = true, .delay = *wait, .attempt = attempt, .why = {}};
}

std::optional<std::chrono::milliseconds> RejoinPolicy::delay_for(const Retry& retry, double random) const {
  try {
    return delay(options_.backoff, retry, random);
  } catch (...) {
    observer_.on_user_error(std::current_exception(), "rejoin.backoff");
    return delay(ListBackoff{.delays = ListBackoff::phoenix_rejoin_delays()}, retry, random);
  }
}

}  // namespace suzaku::client::core
