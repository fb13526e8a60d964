#include <algorithm>
#include <stdexcept>
#include <utility>

#include <suzaku/client/push.hpp>

#include "client/core/backoff.hpp"
#include "client/core/engine.hpp"
#include "client/core/replies.hpp"
#include "client/push_impl.hpp"

namespace suzaku::client {

bool PushImpl::on_send() {
  const std::lock_guard lock(mutex_);
  if (reply_) return false;
  was_sent_ = true;
  return true;
}

bool PushImpl::end(Reply reply) {
  const std::lock_guard lock(mutex_);
  if (reply_) return false;
  reply.was_sent = reply.was_sent || was_sent_;
  reply_ = std::move(reply);
  is_finished_.store(true, std::memory_order_release);
  ended_.notify_all();
  return true;
}

void PushImpl::finish(Reply reply) {
  const std::size_t bytes = reply.response.raw().size();
  if (end(std::move(reply)) && has_listeners()) callbacks_->run([self = shared_from_this()] { self->tell(); }, bytes);
}

bool PushImpl::has_listeners() const {
  const std::lock_guard lock(mutex_);
  return waiting_ || !thens_.empty();
}

void PushImpl::tell_soon() {
  if (!has_listeners()) return;
  if (!callbacks_->are_direct()) {
    callbacks_->run([self = shared_from_this()] { self->tell(); });
  } else if (const auto engine = engine_.lock()) {
    engine->post([self = shared_from_this()] { self->callbacks_->run([self] { self->tell(); }); });
  }
}

void PushImpl::tell() {
  std::vector<std::function<void(const Reply&)>> thens;
  {
    const std::lock_guard lock(mutex_);
    thens = std::exchange(thens_, {});
  }
  for (const auto& then : thens) callbacks_->call("reply", then, *reply_);
  resume();
}

void PushImpl::resume() {
  std::coroutine_handle<> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting = std::exchange(waiting_, nullptr);
  }
  if (!waiting) return;
  callbacks_->remove_waiting(shared_from_this());
  try {
    waiting.resume();
  } catch (...) {  // of a coroutine type that lets it out
    callbacks_->report(std::current_exception(), "coroutine");
  }
}

void PushImpl::abandon() {
  finish(core::ended(Outcome::closed, "the socket was destroyed"));
  resume();
}

void PushImpl::then(std::function<void(const Reply&)> callback) {
  {
    const std::lock_guard lock(mutex_);
    thens_.push_back(std::move(callback));
    if (!reply_) return;
  }
  tell_soon();
}

void PushImpl::cancel() {
  if (!end(core::ended(Outcome::cancelled, "cancel() was called"))) return;
  tell_soon();
  if (on_cancel_) on_cancel_();
}

std::optional<Reply> PushImpl::wait(std::optional<std::chrono::nanoseconds> time) {
  if (!is_finished()) {
    const auto engine = engine_.lock();
    if (engine && engine->in_this_thread()) {
      throw std::logic_error(
          "waiting for a reply on the client's own thread would last for ever; use receive(), then() or co_await (in a "
          "test: "
          "testing::Server::reply_of())");
    }
  }
  std::optional<Callbacks::Blocked> blocked;
  if (callbacks_->are_running_here()) blocked.emplace(*callbacks_);
  std::unique_lock lock(mutex_);
  const auto has_ended = [this] { return reply_.has_value(); };
  if (time) {
    ended_.wait_for(lock, std::min<std::chrono::nanoseconds>(*time, core::kLongestDelay), has_ended);
  } else {
    ended_.wait(lock, has_ended);
  }
  return reply_;
}

std::optional<Reply> PushImpl::reply() const {
  const std::lock_guard lock(mutex_);
  return reply_;
}

bool PushImpl::suspend(std::coroutine_handle<> waiting) {
  // Under the lock that callbacks run under: otherwise the reply could come between these steps.
  const std::lock_guard callbacks_lock(callbacks_->mutex());
  if (!callbacks_->add_waiting(shared_from_this())) {
    finish(core::ended(Outcome::closed, "the socket was destroyed"));
    return false;
  }
  const std::lock_guard lock(mutex_);
  if (reply_) {
    callbacks_->remove_waiting(shared_from_this());
    return false;
  }
  if (waiting_) throw std::logic_error("another coroutine waits for this push already");
  waiting_ = waiting;
  return true;
}

void PushImpl::forget(std::coroutine_handle<> waiting) {
  const std::lock_guard callbacks_lock(callbacks_->mutex());  // as in suspend()
  const std::lock_guard lock(mutex_);
  if (waiting_ != waiting) return;
  waiting_ = nullptr;
  callbacks_->remove_waiting(shared_from_this());
}

Push& Push::receive(std::string_view status, std::function<void(const Payload& response)> callback) {
  return then([status = std::string(status), callback = std::move(callback)](const Reply& reply) {
    if (reply.status == status) callback(reply.response);
  });
}

Push& Push::then(std::function<void(const Reply&)> callback) {
  impl_->then(std::move(callback));
  return *this;
}

Reply Push::get() const {
  return *impl_->wait({});
}

std::optional<Reply> Push::get_for(std::chrono::nanoseconds time) const {
  return impl_->wait(time);
}

std::optional<Reply> Push::try_get() const {
  return impl_->reply();
}

void Push::cancel() {
  impl_->cancel();
}

bool Push::Awaiter::await_suspend(std::coroutine_handle<> waiting) {
  waiting_ = waiting;  // first: once it waits another thread may resume it, and destroy us
  return push_.impl_->suspend(waiting);
}

Push::Awaiter::~Awaiter() {
  if (waiting_) push_.impl_->forget(waiting_);
}

}  // namespace suzaku::client
