#include <algorithm>
#include <stdexcept>
#include <utility>

#include <suzaku/client/event_stream.hpp>

#include "client/core/backoff.hpp"
#include "client/core/engine.hpp"
#include "client/event_stream_impl.hpp"

namespace suzaku::client {

namespace {

std::size_t bytes_of(const EventStream::Event& event) noexcept {
  return event.name.size() + event.payload.raw().size();
}

}  // namespace

EventStreamImpl::EventStreamImpl(std::shared_ptr<ChannelImpl> channel, std::size_t capacity, std::size_t max_bytes)
    : channel_(std::move(channel)), capacity_(capacity), max_bytes_(max_bytes) {
  if (capacity == 0) throw std::invalid_argument("an event stream needs a capacity of at least 1");
  if (max_bytes == 0) throw std::invalid_argument("an event stream needs max_bytes of at least 1");
}

void EventStreamImpl::start(std::string_view event) {
  if (!channel_->callbacks()->add_waiting(shared_from_this())) has_ended_ = true;  // the socket is gone
  on_event_ = channel_->on(event, [weak = weak_from_this()](const Message& message) {
    if (const auto self = weak.lock()) self->add(message);
  });
  on_close_ = channel_->add(&ChannelImpl::close_callbacks, [weak = weak_from_this()](const Payload&) {
    if (const auto self = weak.lock()) self->end();
  });
}

void EventStreamImpl::stop() {
  channel_->off(on_event_);
  channel_->off(on_close_);
  channel_->callbacks()->remove_waiting(shared_from_this());
  end();
}

void EventStreamImpl::add(const Message& message) {
  {
    const std::lock_guard lock(mutex_);
    if (has_ended_) return;
    EventStream::Event event{std::string(message.event), message.payload};
    const std::size_t bytes = bytes_of(event);
    while (!events_.empty() && (events_.size() == capacity_ || bytes_ + bytes > max_bytes_)) {
      take_locked();
      ++dropped_;
    }
    events_.push_back(std::move(event));
    bytes_ += bytes;
    changed_.notify_one();
  }
  resume();
}

void EventStreamImpl::end() {
  {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
    changed_.notify_all();
  }
  resume();
}

void EventStreamImpl::abandon() {
  end();
}

void EventStreamImpl::resume() {
  std::coroutine_handle<> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting = std::exchange(waiting_, nullptr);
  }
  if (!waiting) return;
  const auto self = shared_from_this();  // the coroutine may destroy the stream
  try {
    waiting.resume();
  } catch (...) {  // of a coroutine type that lets it out
    channel_->callbacks()->report(std::current_exception(), "coroutine");
  }
}

std::optional<EventStream::Event> EventStreamImpl::take_locked() {
  if (events_.empty()) return {};
  std::optional<EventStream::Event> event = std::move(events_.front());
  events_.pop_front();
  bytes_ -= bytes_of(*event);
  return event;
}

std::optional<EventStream::Event> EventStreamImpl::take() {
  const std::lock_guard lock(mutex_);
  return take_locked();
}

bool EventStreamImpl::is_ready() const {
  const std::lock_guard lock(mutex_);
  return !events_.empty() || has_ended_;
}

std::size_t EventStreamImpl::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

std::optional<EventStream::Event> EventStreamImpl::wait(std::optional<std::chrono::nanoseconds> time) {
  if (!is_ready()) {
    const auto engine = channel_->engine().lock();
    if (channel_->callbacks()->are_running_here() || (engine && engine->in_this_thread())) {
      throw std::logic_error("waiting for an event where callbacks are called would last for ever; use co_await");
    }
  }
  std::unique_lock lock(mutex_);
  const auto is_ready = [this] { return !events_.empty() || has_ended_; };
  if (time) {
    changed_.wait_for(lock, std::min<std::chrono::nanoseconds>(*time, core::kLongestDelay), is_ready);
  } else {
    changed_.wait(lock, is_ready);
  }
  return take_locked();
}

bool EventStreamImpl::suspend(std::coroutine_handle<> waiting) {
  const std::lock_guard lock(mutex_);
  if (!events_.empty() || has_ended_) return false;
  if (waiting_) throw std::logic_error("another coroutine waits for this stream already");
  waiting_ = waiting;
  return true;
}

void EventStreamImpl::forget(std::coroutine_handle<> waiting) {
  const std::lock_guard lock(mutex_);
  if (waiting_ == waiting) waiting_ = nullptr;
}

std::optional<EventStream::Event> EventStream::Next::get() {
  return impl_->wait({});
}
std::optional<EventStream::Event> EventStream::Next::get_for(std::chrono::nanoseconds time) {
  return impl_->wait(time);
}
bool EventStream::Next::await_ready() const {
  return impl_->is_ready();
}
bool EventStream::Next::await_suspend(std::coroutine_handle<> waiting) {
  waiting_ = waiting;  // first: once it waits another thread may resume it, and destroy us
  return impl_->suspend(waiting);
}
std::optional<EventStream::Event> EventStream::Next::await_resume() {
  waiting_ = nullptr;
  return impl_->take();
}
EventStream::Next::~Next() {
  if (waiting_) impl_->forget(waiting_);
}

std::size_t EventStream::dropped() const {
  return impl_->dropped();
}

EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&& other) noexcept {
  if (this == &other) return *this;
  if (impl_) impl_->stop();
  impl_ = std::move(other.impl_);
  return *this;
}
EventStream::~EventStream() {
  if (impl_) impl_->stop();
}

}  // namespace suzaku::client
