#include "signals/subscription_impl.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "signals/bus_impl.hpp"

namespace suzaku::signals {

namespace {

/// The approximate memory that a signal takes.
std::size_t size_of(const Signal& signal) {
  constexpr std::size_t kExtension = 64;
  std::size_t size = sizeof(Signal) + signal.data.raw().size();
  for (const auto* text : {&signal.id, &signal.source, &signal.type, &signal.subject, &signal.contenttype,
                           &signal.connection, &signal.phoenixtopic, &signal.phoenixevent, &signal.phoenixkind})
    size += text->size();
  for (const auto& [name, value] : signal.extensions)
    size += kExtension + name.size() + (value.is_string() ? value.get_string().size() : 0);
  return size;
}

}  // namespace

Subscription::Impl::Impl(Request request, SubscriptionOptions options, std::weak_ptr<SignalBus::Impl> bus)
    : request_(std::move(request)), options_(std::move(options)), bus_(std::move(bus)) {}

bool Subscription::Impl::fits_type(std::string_view type) const {
  return std::any_of(request_.patterns.begin(), request_.patterns.end(),
                     [&](const TypePattern& pattern) { return pattern.fits(type); });
}

bool Subscription::Impl::wants(const Signal& signal) const {
  if (signal.phoenixkind.empty()) return true;
  return options_.messages && any_fits(options_.filters, signal.phoenixtopic, signal.phoenixevent, signal.data);
}

Subscription::Impl::Delivery Subscription::Impl::deliver(const SignalPtr& signal) {
  if (!wants(*signal)) return {};
  Delivery delivery;
  {
    std::unique_lock lock(mutex_);
    if (has_ended_) {
      const auto successor = successor_;
      lock.unlock();
      return successor ? successor->deliver(signal) : Delivery();
    }
    delivery = put(signal);
  }
  if (delivery.is_queued) came_.notify_one();
  return delivery;
}

Subscription::Impl::Delivery Subscription::Impl::put(const SignalPtr& signal) {
  const std::size_t size = size_of(*signal);
  const auto is_full = [&] {
    return queue_.size() >= std::max<std::size_t>(options_.capacity, 1) || bytes_ + size > options_.max_bytes;
  };
  if (size > options_.max_bytes || (options_.drop == Drop::newest && is_full())) {
    drop(signal);
    return {.is_wanted = true, .dropped = 1};
  }
  std::size_t dropped = 0;
  for (; is_full(); ++dropped) drop(pop());
  queue_.push_back(signal);
  bytes_ += size;
  if (queue_.size() == 1 && options_.on_waiting) options_.on_waiting();
  return {.is_wanted = true, .dropped = dropped, .is_queued = true};
}

SignalPtr Subscription::Impl::pop() {
  SignalPtr oldest = std::move(queue_.front());
  queue_.pop_front();
  bytes_ -= size_of(*oldest);
  return oldest;
}

void Subscription::Impl::drop(const SignalPtr& signal) {
  ++dropped_;
  if (options_.on_drop) options_.on_drop(signal);
}

SignalPtr Subscription::Impl::take() {
  const std::lock_guard lock(mutex_);
  return queue_.empty() ? nullptr : pop();
}

std::vector<SignalPtr> Subscription::Impl::take_many(std::size_t most, std::size_t most_bytes) {
  std::vector<SignalPtr> taken;
  const std::lock_guard lock(mutex_);
  taken.reserve(std::min(most, queue_.size()));
  std::size_t bytes = 0;
  while (!queue_.empty() && taken.size() < most) {
    const std::size_t size = size_of(*queue_.front());
    if (!taken.empty() && (bytes >= most_bytes || size > most_bytes - bytes)) break;
    bytes += size;
    taken.push_back(pop());
  }
  return taken;
}

SignalPtr Subscription::Impl::take_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, time, [this] { return !queue_.empty(); }) ? pop() : nullptr;
}

std::size_t Subscription::Impl::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::size_t Subscription::Impl::waiting_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::uint64_t Subscription::Impl::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

std::vector<SignalPtr> Subscription::Impl::end() {
  if (const auto bus = bus_.lock()) bus->remove(*this);
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  bytes_ = 0;
  auto waited = std::exchange(queue_, {});
  return {std::make_move_iterator(waited.begin()), std::make_move_iterator(waited.end())};
}

std::size_t Subscription::Impl::hand_over(const std::shared_ptr<Impl>& to) {
  const std::lock_guard lock(mutex_);  // until all are moved, so that later signals do not get ahead
  has_ended_ = true;
  successor_ = to;
  bytes_ = 0;
  return to->put_in_front(std::exchange(queue_, {}));
}

std::size_t Subscription::Impl::put_in_front(std::deque<SignalPtr> earlier) {
  const std::lock_guard lock(mutex_);
  for (SignalPtr& later : queue_) earlier.push_back(std::move(later));
  queue_.clear();
  bytes_ = 0;
  std::size_t dropped = 0;
  for (const SignalPtr& signal : earlier) dropped += put(signal).dropped;
  return dropped;
}

Subscription::Subscription(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Subscription::Subscription(Subscription&&) noexcept = default;

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  if (impl_) impl_->end();
  impl_ = std::move(other.impl_);
  return *this;
}

Subscription::~Subscription() {
  if (impl_) impl_->end();
}

SignalPtr Subscription::take() {
  return impl_->take();
}
std::vector<SignalPtr> Subscription::take_many(std::size_t most, std::size_t most_bytes) {
  return impl_->take_many(most, most_bytes);
}
SignalPtr Subscription::take_for(std::chrono::nanoseconds time) {
  return impl_->take_for(time);
}
std::size_t Subscription::waiting() const {
  return impl_->waiting();
}
std::size_t Subscription::waiting_bytes() const {
  return impl_->waiting_bytes();
}
std::vector<SignalPtr> Subscription::end() {
  return impl_->end();
}
std::uint64_t Subscription::dropped() const {
  return impl_->dropped();
}

}  // namespace suzaku::signals
