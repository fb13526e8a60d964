#include "client/channel_impl.hpp"

#include <algorithm>
#include <utility>

#include <suzaku/client/channel.hpp>

#include "client/core/backoff.hpp"
#include "client/core/replies.hpp"
#include "client/socket_impl.hpp"

namespace suzaku::client {
namespace {

/// Pushes that may be on their way to the engine's thread, whatever the options.
constexpr std::size_t kMostPosted = 100'000;

}  // namespace

ChannelImpl::ChannelImpl(std::weak_ptr<SocketImpl> socket, std::shared_ptr<Callbacks> callbacks, std::string topic,
                         JoinParams params)
    : socket_(std::move(socket)),
      callbacks_(std::move(callbacks)),
      topic_(std::move(topic)),
      params_(std::move(params)) {}

std::weak_ptr<Engine> ChannelImpl::engine() const {
  const auto socket = socket_.lock();
  return socket ? socket->engine_handle() : std::weak_ptr<Engine>();
}

// --- calls of the user ---

namespace {

/// An operation of a socket that is gone.
Push closed_push(const std::shared_ptr<Callbacks>& callbacks) {
  auto push = std::make_shared<PushImpl>(callbacks, std::weak_ptr<Engine>());
  push->finish(core::ended(Outcome::closed, "the socket was destroyed"));
  return Push(push);
}

}  // namespace

Push ChannelImpl::join(std::optional<std::chrono::milliseconds> timeout) {
  const auto socket = socket_.lock();
  if (!socket) return closed_push(callbacks_);
  return socket->start(
      [self = shared_from_this(), time = timeout.value_or(socket->options().timeout)](
          core::Socket& core, std::shared_ptr<PushImpl> push) { core.join(self, time, std::move(push)); });
}

Push ChannelImpl::leave(std::optional<std::chrono::milliseconds> timeout) {
  const auto socket = socket_.lock();
  if (!socket) return closed_push(callbacks_);
  return socket->start(
      [topic = topic_, time = timeout.value_or(socket->options().timeout)](
          core::Socket& core, std::shared_ptr<PushImpl> push) { core.leave(topic, time, std::move(push)); });
}

Push ChannelImpl::push(std::string_view event, Payload payload, PushOptions options) {
  const auto socket = socket_.lock();
  if (!socket) return closed_push(callbacks_);
  auto push = std::make_shared<PushImpl>(callbacks_, socket->engine_handle());
  auto& time = options.timeout.emplace(options.timeout.value_or(socket->options().timeout));
  if (!wait_for_room(time)) {
    push->finish(core::ended(Outcome::buffer_full, "too many pushes wait already"));
    return Push(push);
  }
  push->set_on_cancel([weak = socket_, topic = topic_] {
    if (const auto socket = weak.lock()) {
      socket->post([topic](core::Socket& core) { core.drop_cancelled(topic); });
    }
  });
  posted_.fetch_add(1);
  socket->start(push, [self = shared_from_this(), event = std::string(event), payload = std::move(payload), options](
                          core::Socket& core, std::shared_ptr<PushImpl> completion) mutable {
    core.push(self->topic_, {std::move(event), std::move(payload), options}, std::move(completion));
    self->posted_.fetch_sub(1);  // after it counts as buffered: between the two there must not seem to be room
    self->tell_waiters();
  });
  return Push(push);
}

bool ChannelImpl::wait_for_room(std::chrono::milliseconds& time) {
  const auto socket = socket_.lock();
  const SocketOptions& options = socket->options();
  if (options.overflow != Overflow::block) return posted_.load() < kMostPosted;
  const auto has_room = [&] { return posted_.load() + buffered_.load() < options.max_buffered; };
  if (has_room()) return true;
  if (socket->in_engine_thread()) return false;
  const auto now = std::chrono::steady_clock::now;
  const auto until = now() + std::clamp(time, std::chrono::milliseconds(0), core::kLongestDelay);
  std::unique_lock lock(room_mutex_);
  ++waiters_;
  const bool found = room_.wait_until(lock, until, has_room);
  --waiters_;
  time = std::chrono::floor<std::chrono::milliseconds>(until - now());
  return found;
}

void ChannelImpl::tell_waiters() {
  if (waiters_.load() == 0) return;
  const std::lock_guard lock(room_mutex_);
  room_.notify_all();
}

void ChannelImpl::set_params(JoinParams params) {
  const std::lock_guard lock(params_mutex_);
  std::swap(params_, params);  // the old ones are destroyed after the lock
}

JoinParams ChannelImpl::params() const {
  const std::lock_guard lock(params_mutex_);
  return params_;
}

// --- callbacks ---

Channel::Binding ChannelImpl::on(std::string_view event, std::function<void(const Message&)> callback) {
  const std::lock_guard lock(callbacks_->mutex());
  const auto binding = callbacks_->next_binding();
  auto& list = [&]() -> auto& {
    const std::lock_guard events_lock(events_mutex_);
    return on_message_[std::string(event)];
  }();
  list.add(binding, std::move(callback));
  return binding;
}

void ChannelImpl::off(Channel::Binding binding) {
  const std::lock_guard lock(callbacks_->mutex());
  if (joined_callbacks.remove(binding) || error_callbacks.remove(binding) || close_callbacks.remove(binding) ||
      gap_callbacks.remove(binding)) {
    return;
  }
  for (auto at = on_message_.begin(); at != on_message_.end(); ++at) {
    const auto removed = at->second.remove(binding);
    if (!removed) continue;
    const std::lock_guard events_lock(events_mutex_);
    if (at->second.empty()) on_message_.erase(at);
    return;
  }
}

void ChannelImpl::off(std::string_view event) {
  const std::lock_guard lock(callbacks_->mutex());
  const auto at = on_message_.find(event);
  if (at == on_message_.end()) return;
  const auto removed = [&] {
    const std::lock_guard events_lock(events_mutex_);
    return on_message_.extract(at);
  }();
  removed.mapped().clear();
}

bool ChannelImpl::listens_to(std::string_view event) const {
  const std::lock_guard lock(events_mutex_);
  return on_message_.contains(event) || on_message_.contains("*");
}

void ChannelImpl::request_join_params(const JoinAttempt& attempt, core::RequestId request_id) {
  const auto answer = [weak = socket_, topic = topic_, request_id](Result<Payload> params) {
    if (const auto socket = weak.lock()) {
      socket->post([topic, request_id, params = std::move(params)](core::Socket& core) mutable {
        core.join_params(topic, request_id, std::move(params));
      });
    }
  };
  JoinParams params = this->params();
  if (!params.function()) {
    answer(params.value());  // at once: the thread that calls callbacks may wait for the join
    return;
  }
  if (const auto socket = socket_.lock(); socket && socket->options().join_params_may_block) {
    socket->request_join_params(
        {.topic = topic_, .params = std::move(params), .attempt = attempt, .on_answer = answer});
    return;
  }
  callbacks_->run([self = shared_from_this(), params = std::move(params), answer, attempt] {
    try {
      answer((*params.function())(attempt));
    } catch (...) {
      self->callbacks_->report(std::current_exception(), "join params");
      answer(failure("the function that gives the join's params has thrown"));
    }
  });
}

void ChannelImpl::on_state(Channel::State state) {
  state_.store(state, std::memory_order_release);
}

void ChannelImpl::on_joined(const Joined& joined) {
  callbacks_->run(
      [self = shared_from_this(), response = joined.response, is_rejoin = joined.is_rejoin] {
        self->joined_callbacks.each([&](const auto& callback) {
          self->callbacks_->call("on_join", callback, Joined{.response = response, .is_rejoin = is_rejoin});
        });
      },
      joined.response.raw().size());
}

void ChannelImpl::on_gap(const Gap& gap) {
  callbacks_->run([self = shared_from_this(), since = gap.since, until = gap.until] {
    self->gap_callbacks.each([&](const auto& callback) {
      self->callbacks_->call("on_gap", callback, Gap{.topic = self->topic_, .since = since, .until = until});
    });
  });
}

void ChannelImpl::on_error(const ChannelError& error) {
  callbacks_->run(
      [self = shared_from_this(), error] {
        self->error_callbacks.each([&](const auto& callback) { self->callbacks_->call("on_error", callback, error); });
      },
      error.payload.raw().size());
}

void ChannelImpl::on_close(const Payload& reason) {
  callbacks_->run(
      [self = shared_from_this(), reason] {
        self->close_callbacks.each([&](const auto& callback) { self->callbacks_->call("on_close", callback, reason); });
      },
      reason.raw().size());
}

void ChannelImpl::on_message(const Message& message) {
  if (callbacks_->are_direct()) {
    callbacks_->run([this, &message] { deliver(message); });
  } else if (listens_to(message.event)) {
    callbacks_->dispatch(message, [self = shared_from_this()](const Message& copy) { self->deliver(copy); });
  }
}

void ChannelImpl::deliver(const Message& message) {
  const auto tell = [&](std::string_view listeners) {
    const auto at = on_message_.find(listeners);
    if (at == on_message_.end()) return;
    at->second.each([&](const auto& callback) { callbacks_->call(message.event, callback, message); });
  };
  tell(message.event);
  if (message.event != "*") tell("*");
}

void ChannelImpl::on_buffered(std::size_t count) {
  buffered_.store(count);  // before it checks for waiters: they register first and check this after
  tell_waiters();
}

}  // namespace suzaku::client
