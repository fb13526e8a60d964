#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace suzaku::client {

/// Callbacks for one event, in the order they were added. A callback may add and remove callbacks, itself included:
/// added ones are called from the next event on, removed ones are not called any more. Guarded by Callbacks::mutex(),
/// except for empty().
template <class... Args>
class CallbackList {
 public:
  using Function = std::function<void(Args...)>;

  void add(std::uint64_t binding, Function function) {
    auto entries = entries_ ? std::make_shared<Entries>(*entries_) : std::make_shared<Entries>();
    entries->push_back(std::make_shared<Entry>(Entry{binding, std::move(function), true}));
    set(std::move(entries));
  }

  /// The callback that was removed, or nullptr. To be destroyed last: its function may own anything, this list
  /// included.
  std::shared_ptr<const void> remove(std::uint64_t binding) {
    if (!entries_) return nullptr;
    const auto at = std::ranges::find(*entries_, binding, [](const auto& entry) { return entry->binding; });
    if (at == entries_->end()) return nullptr;
    auto removed = *at;
    removed->is_active = false;
    auto entries = std::make_shared<Entries>(*entries_);
    entries->erase(entries->begin() + (at - entries_->begin()));
    set(std::move(entries));
    return removed;
  }
  void clear() {
    if (!entries_) return;
    for (const auto& entry : *entries_) entry->is_active = false;
    set(nullptr);
  }

  /// Calls `caller(function)` for each.
  template <class Caller>
  void each(const Caller& caller) const {
    const auto entries = entries_;  // they may change while they run, and this list may go
    if (!entries) return;
    for (const auto& entry : *entries) {
      if (entry->is_active) caller(entry->function);
    }
  }
  /// Any thread.
  bool empty() const noexcept { return is_empty_.load(std::memory_order_acquire); }

 private:
  struct Entry {
    std::uint64_t binding;
    Function function;
    bool is_active;
  };
  using Entries = std::vector<std::shared_ptr<Entry>>;

  void set(std::shared_ptr<const Entries> entries) {
    is_empty_.store(!entries || entries->empty(), std::memory_order_release);
    entries_ = std::move(entries);
  }

  std::shared_ptr<const Entries> entries_;
  std::atomic<bool> is_empty_{true};
};

}  // namespace suzaku::client
