#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace suzaku::client {

/// Callbacks for one thing, in the order they were added. They may add and remove callbacks, themselves included: added
/// ones are called from the next time on, removed ones at once no more. Guarded by Callbacks::mutex().
template <class... Args>
class CallbackList {
 public:
  using Function = std::function<void(Args...)>;

  void add(std::uint64_t binding, Function function) {
    auto entries = entries_ ? std::make_shared<Entries>(*entries_) : std::make_shared<Entries>();
    entries->push_back(std::make_shared<Entry>(Entry{binding, std::move(function), true}));
    entries_ = std::move(entries);
  }

  /// False when it is not in the list.
  bool remove(std::uint64_t binding) {
    if (!entries_) return false;
    const auto at = std::ranges::find(*entries_, binding, [](const auto& entry) { return entry->binding; });
    if (at == entries_->end()) return false;
    (*at)->is_active = false;
    auto entries = std::make_shared<Entries>(*entries_);
    entries->erase(entries->begin() + (at - entries_->begin()));
    entries_ = std::move(entries);
    return true;
  }
  void clear() {
    if (!entries_) return;
    for (const auto& entry : *entries_) entry->is_active = false;
    entries_ = nullptr;
  }

  /// Calls `caller(function)` for each.
  template <class Caller>
  void each(const Caller& caller) const {
    const auto entries = entries_;  // they may change while they run
    if (!entries) return;
    for (const auto& entry : *entries) {
      if (entry->is_active) caller(entry->function);
    }
  }
  bool empty() const noexcept { return !entries_ || entries_->empty(); }

 private:
  struct Entry {
    std::uint64_t binding;
    Function function;
    bool is_active;
  };
  using Entries = std::vector<std::shared_ptr<Entry>>;
  std::shared_ptr<const Entries> entries_;
};

}  // namespace suzaku::client
