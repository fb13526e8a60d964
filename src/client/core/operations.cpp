#include "client/core/operations.hpp"

#include <algorithm>
#include <functional>

namespace suzaku::client::core {
namespace {

constexpr std::size_t kFewDeadlines = 64;

}  // namespace

Ref Operations::add(Operation operation, TimePoint deadline) {
  forget_old_deadlines();
  const Ref ref = next_ref();
  put_back(ref, std::move(operation), deadline);
  return ref;
}

void Operations::put_back(Ref ref, Operation operation, TimePoint deadline) {
  operations_.emplace(ref, std::move(operation));
  deadlines_.emplace_back(deadline, ref);
  std::ranges::push_heap(deadlines_, std::greater{});
  count_.set(operations_.size());
}

Operation* Operations::find(Ref ref) {
  const auto at = operations_.find(ref);
  return at == operations_.end() ? nullptr : &at->second;
}

std::optional<Operation> Operations::take(Ref ref) {
  const auto at = operations_.find(ref);
  if (at == operations_.end()) return {};
  std::optional<Operation> operation = std::move(at->second);
  operations_.erase(at);
  count_.set(operations_.size());
  return operation;
}

std::optional<std::pair<Ref, Operation>> Operations::take_expired(TimePoint now) {
  while (!deadlines_.empty() && deadlines_.front().first <= now) {
    std::ranges::pop_heap(deadlines_, std::greater{});
    const Ref ref = deadlines_.back().second;
    deadlines_.pop_back();
    if (auto operation = take(ref)) return std::pair(ref, std::move(*operation));
  }
  return {};
}

std::vector<Ref> Operations::refs() const {
  std::vector<Ref> refs;
  refs.reserve(operations_.size());
  for (const auto& [ref, operation] : operations_) refs.push_back(ref);
  std::ranges::sort(refs);
  return refs;
}

std::optional<TimePoint> Operations::next_deadline() const {
  if (operations_.empty() || deadlines_.empty()) return {};
  return deadlines_.front().first;
}

void Operations::forget_old_deadlines() {
  if (deadlines_.size() <= 2 * operations_.size() + kFewDeadlines) return;
  std::erase_if(deadlines_, [this](const Deadline& deadline) { return !operations_.contains(deadline.second); });
  std::ranges::make_heap(deadlines_, std::greater{});
}

}  // namespace suzaku::client::core
