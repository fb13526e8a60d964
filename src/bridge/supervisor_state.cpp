#include "bridge/supervisor_state.hpp"

#include <atomic>
#include <optional>
#include <utility>

#include <suzaku/bridge/message_router.hpp>
#include <suzaku/signals/phoenix.hpp>

#include "base/log.hpp"
#include "base/thrown.hpp"

namespace suzaku::bridge {

using signals::Restart;

void SupervisorState::close() {
  Children children;  // their end waits for callbacks, which may wait for the mutex
  const std::lock_guard lock(mutex_);
  std::swap(children, children_);
}

// --- starting ---

Result<void> SupervisorState::check_free(std::string_view name) const {
  const auto at = children_.find(name);
  if (at == children_.end() || at->second.is_given_up) return {};
  return failure("there is a connection named \"" + std::string(name) + "\" already");
}

Result<void> SupervisorState::start(ConnectionOptions options) {
  std::vector<ConnectionOptions> one;
  one.push_back(std::move(options));
  return start_all(std::move(one));
}

Result<void> SupervisorState::start_all(std::vector<ConnectionOptions> connections) {
  if (auto good = check(connections); !good) return good;
  Children given_up;  // let go without the lock
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

void SupervisorState::launch(Child& child) {
  const auto engine = engine_.lock();  // close() did not have the mutex yet, so it is there
  child.life = ++last_life_;
  auto on_end = [weak = weak_from_this(), &engine = *engine, name = child.options.name,
                 life = child.life](const ConnectionEnd& end) {
    engine.post([weak, name, life, end] {  // not from within: it destroys the connection
      if (const auto self = weak.lock()) self->on_end(name, life, end);
    });
  };
  auto options = child.options;
  options.socket.runtime = client::Runtime(engine);
  child.connection = std::make_shared<Connection>(bus_, std::move(options), std::move(on_end));
}

// --- when one has ended ---

void SupervisorState::on_end(const std::string& name, std::uint64_t life, const ConnectionEnd& end) {
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

void SupervisorState::follow(Children::iterator at, const ConnectionEnd& end) {
  Child& child = at->second;
  const Restart restart = child.options.restart.restart;
  const auto how = end.has_failed ? signals::End::failed : signals::End::normal;
  if (child.policy.restarts(how, engine_.lock()->now())) {
    ++child.restarts;
    launch(child);
  } else if (restart == Restart::permanent || (restart == Restart::transient && end.has_failed)) {
    give_up(child, end.reason);
  } else if (end.has_failed) {
    child.is_given_up = true;
  } else {
    children_.erase(at);
  }
}

void SupervisorState::give_up(Child& child, const std::string& reason) {
  child.is_given_up = true;
  const auto& [restart, max_restarts, period] = child.options.restart;
  const std::string why = "it has ended more than " + std::to_string(max_restarts) + " times within " +
                          std::to_string(period.count()) + " ms, and is not started again; the last time: " + reason;
  try {
    const signals::phoenix::Names names(child.options.name, child.options.names);
    route_connection_event(bus_, names, signals::phoenix::connection_failed(names, why));
  } catch (...) {
    log::error("connection {} has ended, and a subscriber has thrown: {}", child.options.name, what_is_thrown());
  }
}

// --- stopping ---

client::Push SupervisorState::stop(std::string_view name, std::optional<std::chrono::milliseconds> deadline) {
  const Promise promise(engine_);
  Children::node_type given_up;  // let go without the lock
  const std::lock_guard lock(mutex_);
  const auto at = children_.find(name);
  if (at == children_.end()) {
    promise.finish(client::core::ended(client::Outcome::closed, "there is no such connection"));
  } else if (at->second.is_given_up) {
    given_up = children_.extract(at);
    promise.finish();
  } else {
    at->second.stops.push_back(promise);
    at->second.connection->stop(deadline);
  }
  return promise.push();
}

client::Push SupervisorState::stop_all(std::optional<std::chrono::milliseconds> deadline) {
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

// --- looking ---

std::vector<std::string> SupervisorState::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, child] : children_) names.push_back(name);
  return names;
}

std::shared_ptr<Connection> SupervisorState::connection(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto at = children_.find(name);
  return at == children_.end() ? nullptr : at->second.connection;
}

Json SupervisorState::health(std::string_view name) const {
  std::shared_ptr<Connection> connection;  // has a lock of its own, under which it publishes
  JsonObject ours;
  {
    const std::lock_guard lock(mutex_);
    const auto at = children_.find(name);
    if (at == children_.end()) return nullptr;
    connection = at->second.connection;
    ours = {{"restarts", at->second.restarts}, {"given_up", at->second.is_given_up}};
  }
  Json health = connection->health();
  for (const auto& [key, value] : ours) health.as_object()[key] = value;
  return health;
}

}  // namespace suzaku::bridge
