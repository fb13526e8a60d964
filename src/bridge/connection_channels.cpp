// The channels of a connection.
#include <algorithm>

#include <suzaku/bridge/message_router.hpp>
#include <suzaku/signals/phoenix.hpp>

#include "bridge/connection_impl.hpp"
#include "client/core/backoff.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::bridge {

namespace phoenix = signals::phoenix;

namespace {

constexpr std::string_view kOver = "the connection has ended, or is about to";

std::optional<std::string> mistake_in(std::string_view topic, std::string_view event) {
  if (topic.empty()) return "the topic is empty";
  if (event.empty()) return "the event is empty";
  if (!event.starts_with("phx_")) return std::nullopt;
  return "the event \"" + std::string(event) + "\" is Phoenix's own, expected one that does not begin with phx_";
}

Payload reply_payload(const client::Reply& reply) {
  if (reply.response.is_binary()) return reply.response;
  std::string json = R"({"status":)";
  protocol::append_json_string(json, reply.status);
  json += R"(,"response":)";
  json += reply.response.raw();
  json += '}';
  return Payload::from_text(std::move(json));
}

}  // namespace

// --- joining and leaving ---

client::Push ConnectionImpl::join(std::string_view topic, client::JoinParams params) {
  const Promise promise(engine_handle_);
  const client::Push push = promise.push();
  post([this, promise, topic = std::string(topic), params = std::move(params)]() mutable {
    if (!socket_ || is_stopping()) {
      promise.finish(client::core::ended(client::Outcome::closed, std::string(kOver)));
      return;
    }
    begin_join(topic, std::move(params)).then([promise](const client::Reply& reply) { promise.finish(reply); });
  });
  return push;
}

client::Push ConnectionImpl::begin_join(const std::string& topic, client::JoinParams params) {
  return join_tracked(topic, track(topic, std::move(params)));
}

client::Push ConnectionImpl::join_tracked(const std::string& topic, Tracked& tracked) {
  engine_.cancel(std::exchange(tracked.rejoin_timer, client::Engine::kNoTimer));
  tracked.is_left = false;
  ++tracked.joins_under_way;
  return tracked.channel.join().then([this, topic](const client::Reply&) {
    unless_over([&] {
      --channels_.find(topic)->second.joins_under_way;
      forget_if_over(topic);
    });
  });
}

ConnectionImpl::Tracked& ConnectionImpl::track(const std::string& topic, client::JoinParams params) {
  client::Channel channel = socket_->channel(topic, std::move(params));
  if (const auto at = channels_.find(topic); at != channels_.end()) return at->second;
  const auto also = [this](auto work) {
    return [this, work](const auto& argument) { this->unless_over([&] { work(argument); }); };
  };
  const bool is_configured =
      std::ranges::find(options_.auto_join_channels, topic, &AutoJoin::topic) != options_.auto_join_channels.end();
  Tracked tracked(channel, is_configured);
  tracked.bindings = {
      channel.on("*", callback(&ConnectionImpl::on_message)),
      channel.on_join(also([this, topic](const client::Joined& joined) { on_joined(topic, joined); })),
      channel.on_error(also([this, topic](const client::ChannelError& error) { on_channel_error(topic, error); })),
      channel.on_close(also([this, topic](const Payload&) { on_left(topic); })),
  };
  const std::lock_guard lock(mutex_);
  return channels_.emplace(topic, std::move(tracked)).first->second;
}

client::Push ConnectionImpl::leave(std::string_view topic) {
  const Promise promise(engine_handle_);
  const client::Push push = promise.push();
  post([this, promise, topic = std::string(topic)]() mutable {
    const auto at = channels_.find(topic);
    if (at == channels_.end() || is_stopping()) {
      promise.finish(client::core::ended(client::Outcome::closed, "the channel is not joined"));
      return;
    }
    Tracked& tracked = at->second;
    engine_.cancel(std::exchange(tracked.rejoin_timer, client::Engine::kNoTimer));
    tracked.is_left = true;
    tracked.channel.leave().then([this, promise, topic](const client::Reply& reply) {
      unless_over([&] { forget_if_over(topic); });
      promise.finish(reply);
    });
  });
  return push;
}

void ConnectionImpl::forget_if_over(const std::string& topic) {
  const auto at = channels_.find(topic);
  if (at == channels_.end()) return;
  Tracked& tracked = at->second;
  if (tracked.joins_under_way > 0 || tracked.channel.state() != client::Channel::State::closed) return;
  if (is_to_stay(tracked)) return;
  for (const auto binding : tracked.bindings) tracked.channel.off(binding);  // others may have a handle
  channels_.erase(at);
}

// --- events of channels ---

void ConnectionImpl::on_joined(const std::string& topic, const client::Joined& joined) {
  channels_.find(topic)->second.joined_at = engine_.wall_clock();
  route_channel_event(bus_, names_, phoenix::channel_joined(names_, topic, joined.response));
}

void ConnectionImpl::on_channel_error(const std::string& topic, const client::ChannelError& error) {
  if (is_stopping()) return;  // it ends with the connection
  Tracked& tracked = channels_.find(topic)->second;
  const auto joined_at = std::exchange(tracked.joined_at, std::nullopt);
  tracked.last_error = error.message;
  if (!error.will_rejoin && is_to_stay(tracked)) tracked.last_error += schedule_rejoin(topic, tracked, joined_at);
  route_channel_event(bus_, names_, phoenix::channel_error(names_, topic, tracked.last_error));
}

/// It was left, or the server has closed it.
void ConnectionImpl::on_left(const std::string& topic) {
  Tracked& tracked = channels_.find(topic)->second;
  const auto joined_at = std::exchange(tracked.joined_at, std::nullopt);
  const bool is_closed =
      !tracked.is_left && !is_stopping() && tracked.channel.state() == client::Channel::State::closed;
  if (joined_at) {
    route_channel_event(bus_, names_,
                        is_closed ? phoenix::channel_closed(names_, topic) : phoenix::channel_left(names_, topic));
  }
  if (is_closed && tracked.is_configured) {
    tracked.last_error = "the server has closed the channel" + schedule_rejoin(topic, tracked, joined_at);
    route_channel_event(bus_, names_, phoenix::channel_error(names_, topic, tracked.last_error));
  } else {
    forget_if_over(topic);
  }
}

/// For a channel that the client would not join again by itself. Says when it is joined.
std::string ConnectionImpl::schedule_rejoin(const std::string& topic, Tracked& tracked, std::optional<Time> joined_at) {
  const bool was_stable = joined_at && engine_.wall_clock() - *joined_at >= options_.socket.rejoin.stable_after;
  tracked.ends_in_a_row = was_stable ? 1 : tracked.ends_in_a_row + 1;
  const auto delay = client::core::delay(client::ListBackoff{.delays = options_.rejoin_after},
                                         {.attempt = tracked.ends_in_a_row, .reason = {}}, engine_.random());
  engine_.cancel(tracked.rejoin_timer);
  tracked.rejoin_timer = engine_.after(*delay, step([this, topic] { rejoin(topic); }));
  return "; it is joined again in " + std::to_string(delay->count()) + " ms";
}

void ConnectionImpl::rejoin(const std::string& topic) {
  const auto at = channels_.find(topic);
  if (!socket_ || is_stopping() || at == channels_.end()) return;
  at->second.rejoin_timer = client::Engine::kNoTimer;
  join_tracked(topic, at->second);
}

// --- messages ---

void ConnectionImpl::on_message(const client::Message& message) {
  route_message(bus_, names_, message.topic, message.event, message.payload, message.kind, options_.filters);
}

tl::expected<client::Push, PushError> ConnectionImpl::push(std::string_view topic, std::string_view event,
                                                           Payload payload, client::PushOptions options) {
  using Kind = PushError::Kind;
  if (auto mistake = mistake_in(topic, event)) return tl::unexpected(PushError{Kind::invalid, *std::move(mistake)});
  std::optional<client::Channel> channel;
  {
    const std::lock_guard lock(mutex_);
    if (!socket_ || is_stopping()) return tl::unexpected(PushError{Kind::stopped, std::string(kOver)});
    const auto at = channels_.find(topic);
    if (at == channels_.end()) {
      return tl::unexpected(PushError{Kind::not_joined, "nobody has joined \"" + std::string(topic) + "\""});
    }
    if (!at->second.joined_at) {
      return tl::unexpected(PushError{Kind::joining, "\"" + std::string(topic) + "\" is not joined, but will be"});
    }
    channel = at->second.channel;
  }
  // Not under the mutex: it may wait for room.
  return channel->push(event, std::move(payload), options).then([this, topic = std::string(topic)](const auto& reply) {
    unless_over([&] { on_reply(topic, reply); });
  });
}

void ConnectionImpl::on_reply(std::string_view topic, const client::Reply& reply) {
  const bool is_servers = reply.outcome == client::Outcome::ok || reply.outcome == client::Outcome::error;
  if (!is_servers || !reply.was_sent) return;
  route_message(bus_, names_, topic, "phx_reply", reply_payload(reply), MessageKind::reply, options_.filters);
}

}  // namespace suzaku::bridge
