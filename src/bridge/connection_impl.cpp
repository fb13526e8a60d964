#include "bridge/connection_impl.hpp"

#include <algorithm>

#include <suzaku/bridge/message_router.hpp>
#include <suzaku/signals/phoenix.hpp>

#include "base/log.hpp"
#include "bridge/socket_options.hpp"

namespace suzaku::bridge {

namespace phoenix = signals::phoenix;

ConnectionImpl::ConnectionImpl(signals::SignalBus& bus, ConnectionOptions options, const client::Runtime& runtime,
                               OnEnd on_end)
    : bus_(bus),
      options_(std::move(options)),
      engine_(*runtime.engine()),
      engine_handle_(runtime.engine()),
      on_end_(std::move(on_end)) {
  auto socket = socket_options(options_);
  socket.runtime = runtime;
  socket.close_timeout = std::min(socket.close_timeout, options_.stop_deadline);
  socket_.emplace(options_.uri, std::move(socket));
}

void ConnectionImpl::start() {
  post([this] { begin(); });
}

void ConnectionImpl::close() {
  std::optional<client::Socket> socket;  // its end waits for callbacks, which may wait for the mutex
  std::vector<Promise> stops;
  const std::scoped_lock lock(step_mutex_, mutex_);
  std::swap(socket, socket_);
  std::swap(stops, stops_);
}

// --- connecting ---

void ConnectionImpl::begin() {
  if (!socket_) return;
  set_status(Status::connecting);
  socket_->on_open(callback(&ConnectionImpl::on_open));
  socket_->on_close(callback(&ConnectionImpl::on_close));
  socket_->on_reconnect(callback(&ConnectionImpl::on_reconnect));
  socket_->on_give_up(callback(&ConnectionImpl::on_give_up));
  socket_->on_callback_error([this](const std::exception_ptr& error, std::string_view) {
    std::string what;
    try {
      std::rethrow_exception(error);
    } catch (...) {
      what = what_is_thrown();
    }
    post([this, what = std::move(what)] { on_handler_error(what); });  // not from within: it may be one of many
  });
  for (const auto& [topic, params] : options_.auto_join_channels) begin_join(topic, params);
  socket_->connect();
}

void ConnectionImpl::on_open(const client::Socket::Opened& opened) {
  is_open_ = true;
  opened_at_ = engine_.now();
  attempt_ = 0;
  next_attempt_at_.reset();
  if (!is_stopping()) set_status(Status::connected);
  route_connection_event(bus_, names_, phoenix::connection_connected(names_, {{"reconnect", opened.is_reconnect}}));
}

void ConnectionImpl::on_close(const client::Disconnect& reason) {
  note_stability();
  is_open_ = false;
  if (!is_stopping()) {
    last_error_ = reason.message;
    set_status(Status::disconnected);
  }
  route_connection_event(bus_, names_, phoenix::connection_disconnected(names_, reason.message));
}

void ConnectionImpl::on_reconnect(const client::Socket::Reconnecting& reconnecting) {
  attempt_ = reconnecting.attempt;
  next_attempt_at_ = engine_.wall_clock() + reconnecting.delay;
  last_error_ = reconnecting.reason.message;
  if (!is_stopping()) set_status(Status::connecting);
  route_connection_event(
      bus_, names_,
      phoenix::connection_reconnecting(names_, reconnecting.attempt, reconnecting.delay, reconnecting.reason.message));
}

void ConnectionImpl::on_give_up(const client::Disconnect& reason) {
  end({.has_failed = true, .reason = reason.message});
}

void ConnectionImpl::on_handler_error(const std::string& what) {
  end({.has_failed = true, .reason = "a handler has thrown: " + what, .handler_has_thrown = true});
}

// --- the end ---

client::Push ConnectionImpl::stop(std::chrono::milliseconds deadline) {
  const Promise promise(engine_handle_);
  const client::Push push = promise.push();
  post([this, promise, deadline] {
    if (!socket_) {
      promise.finish();
      return;
    }
    const bool is_first = !is_stopping();
    {
      const std::lock_guard lock(mutex_);
      stops_.push_back(promise);
    }
    if (is_first) begin_stop(deadline);
  });
  return push;
}

void ConnectionImpl::begin_stop(std::chrono::milliseconds deadline) {
  set_status(Status::disconnecting);
  deadline_ = engine_.after(
      deadline, step([this] { end({.reason = "it was stopped; the deadline passed before all was done"}); }));
  leaving_ = 1;  // until all are asked
  for (auto& [topic, tracked] : channels_) {
    // Pushes that wait for the network would get lost with the channel; disconnect() sends them.
    if (tracked.joined_at && tracked.channel.buffered() > 0) continue;
    ++leaving_;
    tracked.channel.leave(deadline).then(
        [this](const client::Reply&) { unless_over([this] { on_stopped_channel(); }); });
  }
  on_stopped_channel();
}

void ConnectionImpl::on_stopped_channel() {
  if (--leaving_ > 0) return;
  socket_->disconnect().then(
      [this](const client::Reply&) { unless_over([this] { end({.reason = "it was stopped"}); }); });
}

void ConnectionImpl::end(ConnectionEnd end) {
  if (!socket_) return;
  std::optional<client::Socket> socket;
  Channels channels;
  std::vector<Promise> stops;
  {
    const std::lock_guard lock(mutex_);
    note_stability();
    end.was_stable = was_stable_;
    next_attempt_at_.reset();
    metrics_ = socket_->metrics();
    std::swap(socket, socket_);  // from now on the connection has ended
    std::swap(channels, channels_);
    has_failed_ = end.has_failed;
    if (end.has_failed) last_error_ = end.reason;
    set_status(Status::disconnected);
    std::swap(stops, stops_);
  }
  engine_.cancel(std::exchange(deadline_, client::Engine::kNoTimer));
  for (const auto& [topic, tracked] : channels) engine_.cancel(tracked.rejoin_timer);
  try {
    announce_end(channels, end);
  } catch (...) {
    log::error("connection {} has ended, and a subscriber has thrown: {}", options_.name, what_is_thrown());
  }
  socket.reset();
  for (const auto& stop : stops) stop.finish();
  if (on_end_) on_end_(end);
}

void ConnectionImpl::announce_end(const Channels& channels, const ConnectionEnd& end) {
  for (const auto& [topic, tracked] : channels) {
    if (tracked.joined_at) route_channel_event(bus_, names_, phoenix::channel_left(names_, topic));
  }
  if (std::exchange(is_open_, false)) {
    route_connection_event(bus_, names_, phoenix::connection_disconnected(names_, end.reason));
  }
  if (end.has_failed) route_connection_event(bus_, names_, phoenix::connection_failed(names_, end.reason));
}

void ConnectionImpl::note_stability() {
  const bool is_stable = is_open_ && engine_.now() - opened_at_ >= options_.socket.reconnect.stable_after;
  was_stable_ = was_stable_ || is_stable;
}

void ConnectionImpl::set_status(Status status) {
  const std::lock_guard lock(mutex_);
  status_ = status;
  since_ = engine_.wall_clock();
}

}  // namespace suzaku::bridge
