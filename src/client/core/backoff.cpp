#include "client/core/backoff.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

namespace suzaku::client {

using namespace std::chrono_literals;

std::vector<std::chrono::milliseconds> ListBackoff::phoenix_delays() {
  return {10ms, 50ms, 100ms, 150ms, 200ms, 250ms, 500ms, 1s, 2s, 5s};
}

std::vector<std::chrono::milliseconds> ListBackoff::phoenix_rejoin_delays() {
  return {1s, 2s, 5s, 10s};
}

}  // namespace suzaku::client

namespace suzaku::client::core {
namespace {

using std::chrono::milliseconds;

double count(milliseconds time) {
  return static_cast<double>(time.count());
}

/// Also for numbers that no duration can hold.
milliseconds within_limits(double delay) {
  return milliseconds(std::llround(std::clamp(delay, 0.0, count(kLongestDelay))));
}

/// Between 1 - jitter and 1 + jitter, each as likely.
double jitter_factor(double jitter, double random) {
  return 1 + jitter * (2 * random - 1);
}

double base_delay(const ExponentialBackoff& backoff, std::size_t attempt) {
  if (backoff.first == 0ms) return 0;  // times a factor that may have become infinite
  const double grown = count(backoff.first) * std::pow(backoff.factor, static_cast<double>(attempt - 1));
  return std::min(grown, count(backoff.max));
}

double base_delay(const ListBackoff& backoff, std::size_t attempt) {
  return backoff.delays.empty() ? 0 : count(backoff.delays[std::min(attempt, backoff.delays.size()) - 1]);
}

std::string words(double number) {
  std::ostringstream out;
  out << number;
  return out.str();
}

Result<void> check_delay(const std::string& name, milliseconds delay) {
  if (delay >= 0ms && delay <= kLongestDelay) return {};
  return failure(name + " is " + std::to_string(delay.count()) + " ms: expected 0 ms or more, at most a year");
}

Result<void> check_jitter(const std::string& name, double jitter) {
  if (jitter >= 0 && jitter <= 1) return {};  // false for NaN
  return failure(name + ".jitter is " + words(jitter) +
                 ": expected a number from 0 to 1, such as 0.25 for delays between 75 % and 125 %");
}

struct Check {
  Result<void> operator()(const ExponentialBackoff& backoff) const {
    if (!(backoff.factor >= 1) || !std::isfinite(backoff.factor))
      return failure("ExponentialBackoff.factor is " + words(backoff.factor) +
                     ": expected 1 or more, so that delays do not become shorter");
    if (auto first = check_delay("ExponentialBackoff.first", backoff.first); !first) return first;
    if (auto max = check_delay("ExponentialBackoff.max", backoff.max); !max) return max;
    if (backoff.max < backoff.first)
      return failure("ExponentialBackoff.max is " + std::to_string(backoff.max.count()) +
                     " ms: expected at least `first`, " + std::to_string(backoff.first.count()) + " ms");
    return check_jitter("ExponentialBackoff", backoff.jitter);
  }
  Result<void> operator()(const ListBackoff& backoff) const {
    if (backoff.delays.empty())
      return failure("ListBackoff.delays is empty: expected at least one delay; the last one repeats");
    for (std::size_t i = 0; i < backoff.delays.size(); ++i)
      if (auto delay = check_delay("ListBackoff.delays[" + std::to_string(i) + "]", backoff.delays[i]); !delay)
        return delay;
    return check_jitter("ListBackoff", backoff.jitter);
  }
  Result<void> operator()(const CustomBackoff& backoff) const {
    if (backoff) return {};
    return failure("CustomBackoff is an empty function: expected one that gives the delay before an attempt");
  }
};

}  // namespace

std::optional<milliseconds> delay(const Backoff& backoff, const Retry& retry, double random) {
  if (const auto* custom = std::get_if<CustomBackoff>(&backoff)) {
    const auto answer = (*custom)(retry);
    if (!answer) return {};
    return std::clamp(*answer, 0ms, kLongestDelay);
  }
  const std::size_t attempt = std::max<std::size_t>(retry.attempt, 1);
  if (const auto* list = std::get_if<ListBackoff>(&backoff))
    return within_limits(base_delay(*list, attempt) * jitter_factor(list->jitter, random));
  const auto& exponential = std::get<ExponentialBackoff>(backoff);
  return within_limits(base_delay(exponential, attempt) * jitter_factor(exponential.jitter, random));
}

Result<void> check(const Backoff& backoff) {
  return std::visit(Check{}, backoff);
}

}  // namespace suzaku::client::core
