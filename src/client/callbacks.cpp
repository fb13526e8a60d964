#include "client/callbacks.hpp"

#include <optional>

#include "base/left_out.hpp"
#include "base/log.hpp"
#include "base/thrown.hpp"

namespace suzaku::client {

Callbacks::Waits::~Waits() {
  if (callbacks_->backlog_.remove(bytes_) && callbacks_->on_room_) callbacks_->on_room_();
}

Callbacks::Blocked::Blocked(Callbacks& callbacks) : callbacks_(callbacks) {
  ++callbacks_.blocked_callbacks_;
  if (callbacks_.backlog_.is_full() && callbacks_.on_room_) callbacks_.on_room_();
}

void Callbacks::run_later(std::function<void()> work, std::size_t bytes) {
  try {
    const auto waits = std::make_shared<const Waits>(shared_from_this(), bytes);
    dispatcher_([waits, work = std::move(work)] { waits->callbacks().run_now(work); });
  } catch (...) {
    errors_.fetch_add(1, std::memory_order_relaxed);
    write_down("dispatcher");  // there is no callback to tell
  }
}

/// Within a catch block. A server can cause it with each message.
void Callbacks::write_down(std::string_view where) {
  std::optional<std::uint64_t> left_out;
  {
    const std::lock_guard lock(log_mutex_);
    left_out = written_down_.pass(LogLimit::Clock::now());
  }
  if (left_out) log::error("a callback ({}) has thrown: {}{}", where, what_is_thrown(), left_out_note(*left_out));
}

std::shared_ptr<const Callbacks::MessageCopy> Callbacks::copied(const Message& message) {
  if (backlog_.is_full()) {
    dropped_messages_.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  return std::make_shared<const MessageCopy>(std::string(message.topic), std::string(message.event), message.payload,
                                             message.kind);
}

void Callbacks::report(const std::exception_ptr& error, std::string_view where) noexcept {
  errors_.fetch_add(1, std::memory_order_relaxed);
  tell(error, where);
}

void Callbacks::report_soon(std::exception_ptr error, std::string_view where) {
  errors_.fetch_add(1, std::memory_order_relaxed);
  run([this, error = std::move(error), where = std::string(where)] { tell(error, where); });
}

void Callbacks::tell(const std::exception_ptr& error, std::string_view where) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    if (on_error.empty()) {
      std::rethrow_exception(error);
    }
    on_error.each([&](const auto& callback) {
      if (!is_closed_) callback(error, where);
    });
  } catch (...) {
    write_down(where);
  }
}

void Callbacks::close() {
  const std::lock_guard lock(mutex_);
  const Running running(runner_);
  is_closed_ = true;
  for (const auto& waiting : std::exchange(waiting_, {})) waiting->abandon();
}

bool Callbacks::add_waiting(const std::shared_ptr<Waiting>& waiting) {
  const std::lock_guard lock(mutex_);
  if (!is_closed_) waiting_.insert(waiting);
  return !is_closed_;
}

void Callbacks::remove_waiting(const std::shared_ptr<Waiting>& waiting) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(waiting);
}

}  // namespace suzaku::client
