#include "sinks/webhook_sink.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "base/block_sigpipe.hpp"
#include "base/left_out.hpp"
#include "base/log.hpp"
#include "base/thrown.hpp"
#include "client/core/backoff.hpp"

namespace suzaku::sinks {
namespace {

// Limits of a group of signals that is delivered before it is removed from the disk. After kill -9 the group is
// delivered again.
constexpr std::size_t kGroup = 256;
constexpr std::size_t kGroupBytes = 1 << 20;
constexpr auto kGroupTime = std::chrono::milliseconds(100);

}  // namespace

WebhookSink::WebhookSink(std::string agent, const WebhookOptions& options)
    : agent_(std::move(agent)),
      options_(options),
      spooling_(agent_, options.spool, failures_),
      spool_(options.spool, options.max_spool_size, options.max_parked_size),
      sender_(options),
      parked_in_a_row_(spool_.parked_numbers()),
      thread_([this] { run(); }) {}

WebhookSink::~WebhookSink() {
  stop();
}

void WebhookSink::take(std::span<const signals::SignalPtr> batch) {
  const Held::Batch held(held_, batch.size());
  std::uint64_t dropped = 0;
  if (!spooling_.until_done([&] { dropped = spool_.put(batch); })) return;
  note_dropped(dropped);
  if (dropped != 0 && drops_logged_.pass(Clock::now()))
    log::warning("agent {}: webhook {}: its spool is full; {} signals were dropped", agent_, sender_.receiver(),
                 dropped);
}

void WebhookSink::note_dropped(std::uint64_t count) {
  const std::lock_guard lock(mutex_);
  dropped_ += count;
  changed_.notify_all();
}

void WebhookSink::stop() noexcept {
  sender_.stop();
  spooling_.stop();
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  changed_.notify_all();
}

std::uint64_t WebhookSink::retry() {
  const std::uint64_t parked = spool_.parked().signals;
  const std::lock_guard lock(mutex_);
  is_paused_ = false;
  wants_retry_ = true;
  changed_.notify_all();
  return parked;
}

std::uint64_t WebhookSink::drop_parked() {
  const std::uint64_t dropped = spool_.drop_parked();
  note_dropped(dropped);
  return dropped;
}

JsonObject WebhookSink::status() const {
  const Spool::Size waiting = spool_.size();
  const Spool::Size parked = spool_.parked();
  const std::lock_guard lock(mutex_);
  JsonObject status{{"waiting", waiting.signals + held_.get()},
                    {"waiting_bytes", waiting.bytes},
                    {"parked", parked.signals},
                    {"parked_bytes", parked.bytes},
                    {"delivered", delivered_},
                    {"refused", refused_},
                    {"dropped", dropped_ + spool_.lost()},
                    {"is_paused", is_paused_},
                    {"spool_rewrites", spool_.rewrites()}};
  failures_.add_to(status);
  return status;
}

// --- the delivery thread ---

void WebhookSink::run() {
  block_sigpipe();
  while (wait_for_work()) {
    unpark_if_asked();
    const auto failed = deliver_some();
    if (!failed) continue;
    failed->verdict == Verdict::gone ? pause(*failed) : back_off(*failed);
  }
}

/// False when it was stopped.
bool WebhookSink::wait_for_work() {
  std::unique_lock lock(mutex_);
  wait(lock, Clock::time_point::max(),
       [this] { return is_stopped_ || wants_retry_ || (!is_paused_ && spool_.size().signals != 0); });
  return !is_stopped_;
}

/// Waits until there is work, and checks the spool meanwhile.
void WebhookSink::wait(std::unique_lock<std::mutex>& lock, Clock::time_point until,
                       const std::function<bool()>& has_work) {
  while (true) {
    const auto next_check = Clock::now() + options_.spool_check;
    if (changed_.wait_until(lock, std::min(until, next_check), has_work) || until <= next_check) return;
    lock.unlock();
    spooling_.until_done([this] { spool_.check(); });
    lock.lock();
  }
}

/// Called on this thread, while no signals of oldest() are in use.
void WebhookSink::unpark_if_asked() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(wants_retry_, false)) return;
  }
  spooling_.until_done([this] { spool_.unpark(); });
  parked_in_a_row_.clear();
  attempts_ = {};
}

/// Delivers a group, until a request fails. Returns the failure if a pause is needed.
std::optional<Sending> WebhookSink::deliver_some() {
  try {
    const auto until = Clock::now() + kGroupTime;
    std::optional<Sending> failed;
    std::optional<Spooled> failed_at;
    std::optional<std::int64_t> done;
    for (Spooled& signal : spool_.oldest(kGroup, kGroupBytes)) {
      Sending sending = sender_.send(signal);
      if (!sending.is_settled()) {
        failed = std::move(sending);
        failed_at = std::move(signal);
        break;
      }
      note(signal, sending);
      done = signal.number;
      if (Clock::now() >= until) break;
    }
    // Before other signals are sent, because the next ones read would be the same.
    if (done) {
      if (!spooling_.until_done([&] { spool_.remove_through(*done); })) return failed;
      note_success();
      if (auto again = send_parked_again()) return again;
    }
    return failed ? after_failure(*failed_at, *std::move(failed)) : std::nullopt;
  } catch (...) {
    return Sending{.verdict = Verdict::unavailable, .why = what_is_thrown()};
  }
}

/// Returns nothing when the next signal is to be sent at once.
std::optional<Sending> WebhookSink::after_failure(const Spooled& signal, Sending failed) {
  if (failed.verdict != Verdict::failed || !is_used_up(signal)) return failed;
  park(signal, failed);
  if (parked_in_a_row_.size() == 1) {
    failures_.add(failed.why);
    return std::nullopt;
  }
  return failed;  // the receiver seems to fail at every signal, so a pause is needed
}

bool WebhookSink::is_used_up(const Spooled& signal) {
  const auto now = Clock::now();
  if (attempts_.number != signal.number) attempts_ = {.number = signal.number, .count = 0, .since = now};
  ++attempts_.count;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopped_) return false;  // the request failed because of stop()
  }
  const bool is_too_often = options_.max_attempts != 0 && attempts_.count >= options_.max_attempts;
  const bool is_too_old = options_.max_age.count() != 0 && now - attempts_.since >= options_.max_age;
  return is_too_often || is_too_old;
}

void WebhookSink::park(const Spooled& signal, const Sending& failed) {
  std::uint64_t dropped = 0;
  if (!spooling_.until_done([&] { dropped = spool_.park(signal.number); })) return;
  note_dropped(dropped);
  parked_in_a_row_.push_back(signal.number);
  log::warning(
      "agent {}: webhook {}: parked signal {} (attempts: {}): {}; `suzaku bridge ctl webhook retry {}` sends it "
      "again{}",
      agent_, sender_.receiver(), signal.id, attempts_.count, failed.why, agent_,
      dropped == 0 ? "" : fmt::format("; {} that were parked before had to be dropped", dropped));
}

/// Sends the signals that were parked since the receiver last accepted a signal. Returns the failure if a pause is
/// needed.
std::optional<Sending> WebhookSink::send_parked_again() {
  for (; !parked_in_a_row_.empty(); parked_in_a_row_.pop_front()) {
    const auto signal = spool_.parked_signal(parked_in_a_row_.front());
    if (!signal) continue;
    Sending sending = sender_.send(*signal);
    if (sending.verdict == Verdict::failed) continue;  // the signal stays parked
    if (!sending.is_settled()) return sending;
    note(*signal, sending);
    if (!spooling_.until_done([&] { spool_.remove_parked(signal->number); })) return std::nullopt;
  }
  return std::nullopt;
}

void WebhookSink::note(const Spooled& signal, const Sending& sending) {
  const bool is_refused = sending.verdict == Verdict::refused;
  if (is_refused) {
    if (const auto more = refusals_logged_.pass(Clock::now()))
      log::warning("agent {}: webhook {}: dropped signal {}: {}{}", agent_, sender_.receiver(), signal.id, sending.why,
                   left_out_note(*more));
  }
  const std::lock_guard lock(mutex_);
  ++(is_refused ? refused_ : delivered_);
}

void WebhookSink::note_success() {
  if (failures_in_a_row_ != 0)
    log::info("agent {}: webhook {}: delivers again; attempts that failed: {}", agent_, sender_.receiver(),
              failures_in_a_row_);
  failures_in_a_row_ = 0;
}

void WebhookSink::back_off(const Sending& failed) {
  std::unique_lock lock(mutex_);
  if (is_stopped_) return;  // the request failed because of stop()
  if (++failures_in_a_row_ == 1)
    log::warning("agent {}: webhook {}: cannot deliver, and will try again: {}", agent_, sender_.receiver(),
                 failed.why);
  failures_.add(failed.why);
  const double random = std::uniform_real_distribution<double>()(random_);
  const auto delay = client::core::delay(options_.retry, {.attempt = failures_in_a_row_, .reason = {}}, random);
  const auto wait = std::max<std::chrono::milliseconds>(delay.value_or(options_.retry.max), failed.retry_after);
  this->wait(lock, Clock::now() + wait, [this] { return is_stopped_ || wants_retry_; });
}

/// Delivers nothing until retry().
void WebhookSink::pause(const Sending& failed) {
  const std::lock_guard lock(mutex_);
  const std::string why =
      fmt::format("{}, which ends deliveries; `suzaku bridge ctl webhook retry {}` resumes them", failed.why, agent_);
  log::warning("agent {}: webhook {}: paused: {}", agent_, sender_.receiver(), why);
  failures_.add(why);
  is_paused_ = !wants_retry_;
}

}  // namespace suzaku::sinks
