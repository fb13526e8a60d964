#include "client/core/reconnect_policy.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "protocol/try_again.hpp"

namespace suzaku::client::core {
namespace {

using std::chrono::milliseconds;

enum class Rule {
  stop,
  stop_unless_fresh,  // backoff_retry_after when the credentials may be better next time
  backoff,
  backoff_retry_after,  // the server's Retry-After when that is longer
  spread,               // at once, but not all clients at the same moment
  backoff_over_spread,
};

Rule rule_of_http(int status) {
  if (protocol::needs_other_credentials(status)) return Rule::stop_unless_fresh;
  if (protocol::may_try_again_after_http(status)) return Rule::backoff_retry_after;
  return status >= 300 && status <= 499 ? Rule::stop : Rule::backoff;  // 404 and 426 stop
}

Rule rule_of_close(std::uint16_t code) {
  switch (code) {
    case 1000:  // normal
    case 1001:  // going away
    case 1012:  // service restart
      return Rule::spread;
    case 1013:  // try again later
      return Rule::backoff_over_spread;
    default:
      return Rule::backoff;
  }
}

bool is_stop_code(const ReconnectOptions& options, const Disconnect& reason) {
  const auto& codes = options.stop_codes;
  return reason.kind == Disconnect::Kind::closed && std::find(codes.begin(), codes.end(), reason.code) != codes.end();
}

Rule rule_of(const Disconnect& reason, const ReconnectOptions& options) {
  if (is_stop_code(options, reason)) return Rule::stop;
  if (reason.kind == Disconnect::Kind::refused) return rule_of_http(reason.http_status);
  if (reason.kind == Disconnect::Kind::closed) return rule_of_close(reason.code);
  return Rule::backoff;
}

Rule rule_for(const Disconnect& reason, const ReconnectOptions& options) {
  const Rule rule = rule_of(reason, options);
  const bool stops = rule == Rule::stop || rule == Rule::stop_unless_fresh;
  return stops && !options.stop_when_refused ? Rule::backoff_retry_after : rule;
}

milliseconds part_of(milliseconds time, double random) {
  return milliseconds(std::llround(static_cast<double>(time.count()) * random));
}

Decision stop(std::string why) {
  return {.why = std::move(why)};
}

Decision stop_for(const Disconnect& reason, Rule rule) {
  if (reason.kind == Disconnect::Kind::closed)
    return stop("the server closed with code " + std::to_string(reason.code) + ", after which no attempt follows");
  std::string why = "the server refused the connection with HTTP " + std::to_string(reason.http_status);
  if (rule == Rule::stop_unless_fresh)
    return stop(why + ", and would refuse it again: the params and the token are the same at each attempt");
  return stop(why + ", and would refuse it again: check the URL");
}

}  // namespace

void ReconnectPolicy::wake(TimePoint now) noexcept {
  if (!counter_.has_success()) start(now);
}

Decision ReconnectPolicy::on_failure(const Disconnect& reason, TimePoint now, double random, bool fresh_credentials) {
  counter_.on_failure(now, options_.stable_after);
  if (reason.kind == Disconnect::Kind::requested) return stop("disconnect() was called");
  if (!options_.enabled) return stop("reconnecting is switched off");
  if (!std::holds_alternative<CustomBackoff>(options_.backoff)) {
    const Rule rule = rule_for(reason, options_);
    if (rule == Rule::stop || (rule == Rule::stop_unless_fresh && !fresh_credentials)) return stop_for(reason, rule);
  }
  if (counter_.has_used(options_.max_attempts))
    return stop(std::to_string(options_.max_attempts) + " attempts in a row failed");

  const Retry retry{.attempt = counter_.retries() + 1, .elapsed = counter_.elapsed(now), .reason = reason};
  const auto delay = delay_for(retry, random);
  if (!delay) return stop("the backoff gives no more delays");
  if (options_.max_elapsed > milliseconds(0) && retry.elapsed + *delay > options_.max_elapsed)
    return stop("the next attempt would come later than " + std::to_string(options_.max_elapsed.count()) +
                " ms after the first failure");
  counter_.on_retry();
  return {.retry = true, .delay = *delay, .attempt = retry.attempt, .why = {}};
}

std::optional<milliseconds> ReconnectPolicy::delay_for(const Retry& retry, double random) const {
  const auto backoff = backoff_for(retry, random);
  if (!backoff || std::holds_alternative<CustomBackoff>(options_.backoff)) return backoff;
  const milliseconds spread = part_of(options_.spread, random);
  switch (rule_for(retry.reason, options_)) {
    case Rule::spread:
      // A server that closes each new connection in this way is retried with backoff.
      return retry.attempt == 1 ? spread : std::max(spread, *backoff);
    case Rule::backoff_over_spread:
      return std::max(options_.spread + spread, *backoff);  // not all clients at the end of the spread
    case Rule::stop_unless_fresh:                           // the credentials may be better next time
    case Rule::backoff_retry_after:
      return std::max(std::min(retry.reason.retry_after.value_or(milliseconds(0)), kLongestRetryAfter), *backoff);
    default:
      return backoff;
  }
}

std::optional<milliseconds> ReconnectPolicy::backoff_for(const Retry& retry, double random) const {
  try {
    return delay(options_.backoff, retry, random);
  } catch (...) {
    on_user_error_(std::current_exception());
    return ExponentialBackoff{}.max;
  }
}

}  // namespace suzaku::client::core
