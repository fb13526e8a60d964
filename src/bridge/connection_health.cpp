// The status and the health of a connection.
#include "bridge/connection_impl.hpp"
#include "client/core/url.hpp"
#include "signals/timestamp.hpp"

namespace suzaku::bridge {
namespace {

Json text_of(std::chrono::system_clock::time_point time) {
  std::string text;
  signals::append_timestamp(text, time);
  return Json(text);
}

Json text_of(std::string_view text) {
  return Json(boost::json::string_view(text.data(), text.size()));
}

/// Without its path and query, which may hold secrets.
Json server_of(const std::string& uri) {
  const auto url = client::core::parse_url(uri);
  return url ? Json((url->is_secure ? "wss://" : "ws://") + url->authority()) : Json(nullptr);
}

Json metrics_of(const client::Metrics& metrics) {
  return JsonObject{
      {"attempts", metrics.attempts},
      {"connects", metrics.connects},
      {"disconnects", metrics.disconnects},
      {"frames_sent", metrics.frames_sent},
      {"frames_received", metrics.frames_received},
      {"bytes_sent", metrics.bytes_sent},
      {"bytes_received", metrics.bytes_received},
      {"joins", metrics.joins},
      {"join_errors", metrics.join_errors},
      {"pushes", metrics.pushes},
      {"pushes_ok", metrics.pushes_ok},
      {"in_flight", metrics.in_flight},
      {"heartbeat_timeouts", metrics.heartbeat_timeouts},
      {"last_round_trip_us", std::chrono::duration_cast<std::chrono::microseconds>(metrics.last_round_trip).count()},
  };
}

}  // namespace

std::string_view to_string(Status status) noexcept {
  switch (status) {
    case Status::connecting:
      return "connecting";
    case Status::connected:
      return "connected";
    case Status::disconnecting:
      return "disconnecting";
    case Status::disconnected:
      break;
  }
  return "disconnected";
}

Status ConnectionImpl::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

std::vector<std::string> ConnectionImpl::list_channels() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> topics;
  for (const auto& [topic, tracked] : channels_) {
    if (tracked.joined_at) topics.push_back(topic);
  }
  return topics;
}

Json ConnectionImpl::health() const {
  const std::lock_guard lock(mutex_);
  JsonArray channels;
  for (const auto& [topic, tracked] : channels_) {
    auto state = tracked.channel.state();
    if (state == client::Channel::State::closed) state = client::Channel::State::errored;  // it will be joined again
    channels.push_back(JsonObject{
        {"topic", topic},
        {"state", text_of(client::to_string(state))},
        {"joined_at", tracked.joined_at ? text_of(*tracked.joined_at) : Json(nullptr)},
        {"last_error", tracked.last_error},
    });
  }
  return JsonObject{
      {"name", options_.name},
      {"server", server_of(options_.uri)},
      {"status", text_of(to_string(status_))},
      {"since", text_of(since_)},
      {"attempt", attempt_},
      {"next_attempt_at", next_attempt_at_ ? text_of(*next_attempt_at_) : Json(nullptr)},
      {"has_failed", has_failed_},
      {"last_error", last_error_},
      {"channels", std::move(channels)},
      {"metrics", metrics_of(socket_ ? socket_->metrics() : metrics_)},
  };
}

}  // namespace suzaku::bridge
