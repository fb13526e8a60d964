#include "daemon/event_log.hpp"

#include <string>
#include <string_view>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace suzaku::daemon {
namespace {

constexpr std::size_t kMostWaiting = 10'000;
constexpr std::size_t kMostBytes = 16 << 20;

/// A member of the data as text; "" when it is absent.
std::string words(const JsonObject& data, std::string_view name) {
  const Json* const value = data.if_contains({name.data(), name.size()});
  if (!value) return "";
  return value->is_string() ? std::string(value->as_string()) : boost::json::serialize(*value);
}

struct Line {
  log::Level level;
  std::string kind;
  std::string text;
};

Line line_of(const signals::Signal& event) {
  const Payload payload = event.data;  // a copy, because the signal is shared
  const JsonObject& data = payload.json().as_object();
  const std::string_view what = std::string_view(event.type).substr(event.type.rfind('.') + 1);
  const std::string where = "connection " + event.connection + ": ";
  const std::string reason = words(data, "reason");
  const auto line = [&](log::Level level, const std::string& text) {
    return Line{.level = level, .kind = where + std::string(what), .text = where + text};
  };
  if (what == "connected") return line(log::Level::info, "connected");
  if (what == "disconnected") return line(log::Level::info, "disconnected: " + reason);
  if (what == "reconnecting")
    return line(log::Level::warning, fmt::format("tries again in {} ms (attempt {}): {}", words(data, "delay_ms"),
                                                 words(data, "attempt"), reason));
  if (what == "closed")
    return line(log::Level::info, fmt::format("channel {}: closed by the server", event.phoenixtopic));
  if (what == "failed") return line(log::Level::error, "has failed: " + reason);
  if (what == "error") return line(log::Level::warning, fmt::format("channel {}: {}", event.phoenixtopic, reason));
  return line(log::Level::debug, fmt::format("channel {}: {}", event.phoenixtopic, what));
}

}  // namespace

EventLog::EventLog(signals::SignalBus& bus, const config::Secrets& secrets)
    : secrets_(secrets),
      events_(bus.subscribe_type("**", {.capacity = kMostWaiting,
                                        .max_bytes = kMostBytes,
                                        .messages = false,
                                        .on_waiting = [this] { waiting_.release(); }})),
      thread_([this] { run(); }) {}

EventLog::~EventLog() {
  is_ending_ = true;
  waiting_.release();
  thread_.join();
}

void EventLog::run() {
  while (true) {
    const bool is_last = is_ending_;
    while (const auto event = events_.take()) {
      const Line line = line_of(*event);
      log_.write(line.level, line.kind, secrets_.hide(line.text));
    }
    if (is_last) return;
    wait();
  }
}

/// Waits for the next event, but no longer than until the suppressed lines are to be reported.
void EventLog::wait() {
  if (!tell_left_out_at_) return waiting_.acquire();
  if (waiting_.try_acquire_until(*tell_left_out_at_) && Clock::now() < *tell_left_out_at_) return;
  tell_left_out_at_.reset();
  log_.tell_left_out();
}

}  // namespace suzaku::daemon
