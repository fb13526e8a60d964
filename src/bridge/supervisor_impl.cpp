#include "bridge/supervisor_impl.hpp"

#include <atomic>
#include <optional>
#include <utility>

#include <suzaku/bridge/message_router.hpp>
#include <suzaku/signals/phoenix.hpp>

#include "base/log.hpp"
#include "base/thrown.hpp"
#include "client/core/backoff.hpp"
#include "signals/timestamp.hpp"

namespace suzaku::bridge {

namespace phoenix = signals::phoenix;
using signals::Restart;

namespace {

/// The configured channels of a connection that has ended for this reason, as Connection::health() shows channels.
JsonArray channels_without_connection(const ConnectionOptions& options, const std::string& reason) {
  JsonArray channels;
  for (const auto& channel : options.auto_join_channels)
    channels.push_back(
        JsonObject{{"topic", channel.topic}, {"state", "errored"}, {"joined_at", nullptr}, {"last_error", reason}});
  return channels;
}

}  // namespace

void SupervisorImpl::close() {
  Children children;  // their end waits for callbacks, which may wait for the mutex
  const std::lock_guard lock(mutex_);
  std::swap(children, children_);
}

// --- starting ---

Result<void> SupervisorImpl::check_free(std::string_view name) const {
  const auto at = children_.find(name);
  if (at == children_.end() || at->second.is_given_up) return {};
  return failure(ErrorCode::exists, "there is a connection named \"" + std::string(name) + "\" already");
}

Result<void> SupervisorImpl::start(ConnectionOptions options) {
  std::vector<ConnectionOptions> one;
  one.push_back(std::move(options));
  return start_all(std::move(one));
}

Result<void> SupervisorImpl::start_all(std::vector<ConnectionOptions> connections) {
  if (auto good = check(connections); !good) return good;
  Children given_up;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  for (const auto& options : connections) {
    if (auto free = check_free(options.name); !free) return free;
  }
  for (auto& options : connections) {
    options.socket.runtime.reset();
    std::string name = options.name;
    given_up.insert(children_.extract(name));
    launch(children_.try_emplace(std::move(name), std::move(options)).first->second);
  }
  return {};
}

void SupervisorImpl::launch(Child& child) {
  const auto engine = engine_.lock();  // close() did not have the mutex yet, so it is there
  child.life = ++last_life_;
  auto on_end = [weak = weak_from_this(), &engine = *engine, name = child.options.name,
                 life = child.life](const ConnectionEnd& end) {
    engine.post([weak, name, life, end] {  // not from within: it destroys the connection
      if (const auto self = weak.lock()) self->on_end(name, life, end);
    });
  };
  auto options = child.options;
  if (options.restart.restart != Restart::temporary) options.socket.reconnect.stop_when_refused = false;
  options.socket.runtime = client::Runtime(engine);
  child.connection = std::make_shared<Connection>(bus_, std::move(options), std::move(on_end));
}

// --- after the end of a connection ---

void SupervisorImpl::on_end(const std::string& name, std::uint64_t life, const ConnectionEnd& end) {
  std::vector<Promise> stops;
  {
    const std::lock_guard lock(mutex_);
    const auto at = children_.find(name);
    if (at == children_.end() || at->second.life != life) return;
    std::swap(stops, at->second.stops);
    if (stops.empty()) {
      follow(at, end);
    } else {
      children_.erase(at);
    }
  }
  for (const auto& stop : stops) stop.finish();
}

void SupervisorImpl::follow(Children::iterator at, const ConnectionEnd& end) {
  Child& child = at->second;
  child.end_reason = end.reason;
  const auto& [restart, max_restarts, period] = child.options.restart;
  const bool is_wanted = restart == Restart::permanent || (restart == Restart::transient && end.has_failed);
  if (is_wanted && may_restart(child, end)) {
    restart_later(child, end);
  } else if (is_wanted) {
    give_up(child, "it has ended more than " + std::to_string(max_restarts) + " times within " +
                       std::to_string(period.count()) + " ms, and is not started again; the last time: " + end.reason);
  } else if (end.has_failed) {
    child.is_given_up = true;
  } else {
    children_.erase(at);
  }
}

/// Failures of the server or the network may be temporary, and do not count.
bool SupervisorImpl::may_restart(Child& child, const ConnectionEnd& end) {
  if (end.has_failed && !end.handler_has_thrown) return true;
  return child.policy.restarts(end.has_failed ? signals::End::failed : signals::End::normal, engine_.lock()->now());
}

void SupervisorImpl::restart_later(Child& child, const ConnectionEnd& end) {
  const auto engine = engine_.lock();
  child.restarts_in_a_row = end.was_stable ? 1 : child.restarts_in_a_row + 1;
  const client::Disconnect reason{.kind = client::Disconnect::Kind::lost, .message = end.reason};
  std::optional<std::chrono::milliseconds> delay;
  try {
    delay = client::core::delay(child.options.backoff, {.attempt = child.restarts_in_a_row, .reason = reason},
                                engine->random());
  } catch (...) {
    log::error("connection {}: its CustomBackoff has thrown: {}", child.options.name, what_is_thrown());
    delay = client::ExponentialBackoff{}.max;
  }
  if (!delay) return give_up(child, "the CustomBackoff said so; the last time: " + end.reason);
  child.restarts_at = engine->wall_clock() + *delay;
  engine->after(*delay, [weak = weak_from_this(), name = child.options.name, life = child.life] {
    if (const auto self = weak.lock()) self->restart_now(name, life);
  });
  const phoenix::Names names(child.options.name, child.options.names);
  tell(names, phoenix::connection_reconnecting(names, child.restarts_in_a_row, *delay, end.reason));
}

void SupervisorImpl::restart_now(const std::string& name, std::uint64_t life) {
  std::shared_ptr<Connection> ended;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  const auto at = children_.find(name);
  if (at == children_.end() || at->second.life != life) return;  // it was stopped while it waited
  Child& child = at->second;
  ended = child.connection;
  child.restarts_at.reset();
  ++child.restarts;
  launch(child);
}

void SupervisorImpl::give_up(Child& child, const std::string& why) {
  child.is_given_up = true;
  child.end_reason = why;
  const phoenix::Names names(child.options.name, child.options.names);
  tell(names, phoenix::connection_failed(names, why));
}

void SupervisorImpl::tell(const phoenix::Names& names, signals::Signal event) {
  try {
    route_connection_event(bus_, names, std::move(event));
  } catch (...) {
    log::error("connection {} has ended, and a subscriber has thrown: {}", names.connection(), what_is_thrown());
  }
}

// --- stopping ---

client::Push SupervisorImpl::stop(std::string_view name, std::optional<std::chrono::milliseconds> deadline) {
  const Promise promise(engine_);
  Children::node_type ended;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  const auto at = children_.find(name);
  if (at == children_.end()) {
    promise.finish(client::core::ended(client::Outcome::closed, "there is no such connection"));
  } else if (at->second.is_given_up || at->second.restarts_at) {
    ended = children_.extract(at);
    promise.finish();
  } else {
    at->second.stops.push_back(promise);
    at->second.connection->stop(deadline);
  }
  return promise.push();
}

client::Push SupervisorImpl::stop_all(std::optional<std::chrono::milliseconds> deadline) {
  const Promise promise(engine_);
  const auto names = this->names();
  if (names.empty()) promise.finish();
  const auto remaining = std::make_shared<std::atomic<std::size_t>>(names.size());
  for (const auto& name : names) {
    stop(name, deadline).then([promise, remaining](const client::Reply&) {
      if (--*remaining == 0) promise.finish();
    });
  }
  return promise.push();
}

// --- queries ---

std::vector<std::string> SupervisorImpl::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, child] : children_) names.push_back(name);
  return names;
}

std::optional<Status> SupervisorImpl::status(std::string_view name) const {
  std::shared_ptr<Connection> connection;  // has a lock of its own, under which it publishes
  {
    const std::lock_guard lock(mutex_);
    const auto at = children_.find(name);
    if (at == children_.end()) return std::nullopt;
    if (at->second.restarts_at) return Status::connecting;
    connection = at->second.connection;
  }
  return connection->status();
}

std::shared_ptr<Connection> SupervisorImpl::connection(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto at = children_.find(name);
  return at == children_.end() ? nullptr : at->second.connection;
}

Json SupervisorImpl::health(std::string_view name) const {
  std::shared_ptr<Connection> connection;  // has a lock of its own, under which it publishes
  JsonObject ours;
  {
    const std::lock_guard lock(mutex_);
    const auto at = children_.find(name);
    if (at == children_.end()) return nullptr;
    connection = at->second.connection;
    const Child& child = at->second;
    ours = {{"restarts", child.restarts}, {"given_up", child.is_given_up}};
    if (child.restarts_at) {
      std::string time;
      signals::append_timestamp(time, *child.restarts_at);
      ours["status"] = std::string(to_string(Status::connecting));
      ours["attempt"] = child.restarts_in_a_row;
      ours["next_attempt_at"] = time;
    }
    if (child.restarts_at || child.is_given_up) {
      ours["last_error"] = child.end_reason;
      ours["channels"] = channels_without_connection(child.options, child.end_reason);
    }
  }
  Json health = connection->health();
  for (const auto& [key, value] : ours) health.as_object()[key] = value;
  return health;
}

}  // namespace suzaku::bridge
