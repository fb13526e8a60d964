#include "client/callbacks.hpp"

#include <cstdio>
#include <string>

#include "base/thrown.hpp"

namespace suzaku::client {

void Callbacks::run(std::function<void()> work) {
  if (!dispatcher_) {
    run_now(work);
    return;
  }
  try {
    dispatcher_([self = shared_from_this(), work = std::move(work)] { self->run_now(work); });
  } catch (...) {
    report(std::current_exception(), "dispatcher");
  }
}

void Callbacks::run_now(const std::function<void()>& work) {
  const std::lock_guard lock(mutex_);
  if (!is_closed_) work();
}

void Callbacks::report(std::exception_ptr error, std::string_view where) noexcept {
  errors_.fetch_add(1, std::memory_order_relaxed);
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
    std::fprintf(stderr, "suzaku: a callback (%.*s) has thrown: %s\n", static_cast<int>(where.size()), where.data(),
                 what_is_thrown().c_str());
  }
}

void Callbacks::close() {
  const std::lock_guard lock(mutex_);
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
