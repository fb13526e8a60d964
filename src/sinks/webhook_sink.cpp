#include "sinks/webhook_sink.hpp"

#include <algorithm>
#include <csignal>
#include <cstddef>

#include "base/log.hpp"
#include "base/thrown.hpp"
#include "client/core/backoff.hpp"

namespace suzaku::sinks {
namespace {

using Clock = std::chrono::steady_clock;
using End = Sending::End;

// So much is delivered before it leaves the disk, and would be delivered again if the process were killed.
constexpr std::size_t kGroup = 256;
constexpr std::size_t kGroupBytes = 1 << 20;
constexpr auto kGroupTime = std::chrono::milliseconds(100);

/// OpenSSL writes with write(2), which raises SIGPIPE on a closed connection; blocked, it does nothing.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

WebhookSink::WebhookSink(const WebhookOptions& options)
    : retry_(options.retry),
      spooling_(options.spool, failures_),
      spool_(options.spool, options.max_spool_size),
      sender_(options),
      thread_([this] { run(); }) {}

WebhookSink::~WebhookSink() {
  stop();
}

void WebhookSink::take(std::span<const signals::SignalPtr> batch) {
  std::uint64_t dropped = 0;
  if (!spooling_.until_done([&] { dropped = spool_.put(batch); })) return;
  const std::lock_guard lock(mutex_);
  dropped_ += dropped;
  changed_.notify_all();
  if (dropped != 0 && drops_logged_.pass(Clock::now()))
    log::warning("webhook {}: its spool is full; {} signals were dropped so far", sender_.receiver(), dropped_);
}

void WebhookSink::stop() noexcept {
  sender_.stop();
  spooling_.stop();
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  changed_.notify_all();
}

JsonObject WebhookSink::status() const {
  const Spool::Size waiting = spool_.size();
  const std::lock_guard lock(mutex_);
  JsonObject status{{"waiting", waiting.signals},
                    {"waiting_bytes", waiting.bytes},
                    {"delivered", delivered_},
                    {"refused", refused_},
                    {"dropped", dropped_}};
  failures_.add_to(status);
  return status;
}

// --- the thread that delivers ---

void WebhookSink::run() {
  block_sigpipe();
  while (wait_for_signals()) {
    if (const auto failed = deliver_some()) back_off(*failed);
  }
}

/// False when it was stopped.
bool WebhookSink::wait_for_signals() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_stopped_ || spool_.size().signals != 0; });
  return !is_stopped_;
}

/// Until something fails, but not for long.
std::optional<Sending> WebhookSink::deliver_some() {
  try {
    const auto until = Clock::now() + kGroupTime;
    std::optional<Sending> failed;
    std::optional<std::int64_t> done;
    for (const Spooled& signal : spool_.oldest(kGroup, kGroupBytes)) {
      Sending sending = sender_.send(signal);
      if (sending.end == End::failed) {
        failed = std::move(sending);
        break;
      }
      note(signal, sending);
      done = signal.number;
      if (Clock::now() >= until) break;
    }
    // Before anything else is sent: it would be the same again.
    if (done && spooling_.until_done([&] { spool_.remove_through(*done); })) note_success();
    return failed;
  } catch (...) {
    return Sending{.end = End::failed, .why = what_is_thrown()};
  }
}

void WebhookSink::note(const Spooled& signal, const Sending& sending) {
  const bool is_refused = sending.end == End::refused;
  if (is_refused) {
    if (const auto more = refusals_logged_.pass(Clock::now()))
      log::warning("webhook {}: dropped signal {}: {}; {} more since the last line", sender_.receiver(), signal.id,
                   sending.why, *more);
  }
  const std::lock_guard lock(mutex_);
  ++(is_refused ? refused_ : delivered_);
}

void WebhookSink::note_success() {
  if (failures_in_a_row_ != 0)
    log::info("webhook {}: delivers again; attempts that failed: {}", sender_.receiver(), failures_in_a_row_);
  failures_in_a_row_ = 0;
}

void WebhookSink::back_off(const Sending& failed) {
  std::unique_lock lock(mutex_);
  if (is_stopped_) return;  // which is why it failed
  if (++failures_in_a_row_ == 1)
    log::warning("webhook {}: cannot deliver, and will try again: {}", sender_.receiver(), failed.why);
  failures_.add(failed.why);
  const double random = std::uniform_real_distribution<double>()(random_);
  const auto delay = client::core::delay(retry_, {.attempt = failures_in_a_row_, .reason = {}}, random);
  const auto pause = std::max<std::chrono::milliseconds>(delay.value_or(retry_.max), failed.retry_after);
  changed_.wait_for(lock, pause, [this] { return is_stopped_; });
}

}  // namespace suzaku::sinks
