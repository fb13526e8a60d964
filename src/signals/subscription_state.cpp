#include "signals/subscription_state.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "signals/bus_state.hpp"

namespace suzaku::signals {

namespace {

/// About what a signal takes in memory.
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

Subscription::State::State(Request request, SubscriptionOptions options, std::weak_ptr<SignalBus::State> bus)
    : request_(std::move(request)), options_(std::move(options)), bus_(std::move(bus)) {}

bool Subscription::State::fits_type(std::string_view type) const {
  return std::any_of(request_.patterns.begin(), request_.patterns.end(),
                     [&](const TypePattern& pattern) { return pattern.fits(type); });
}

bool Subscription::State::wants(const Signal& signal) const {
  if (signal.phoenixkind.empty()) return true;
  return options_.messages && any_fits(options_.filters, signal.phoenixtopic, signal.phoenixevent, signal.data);
}

Subscription::State::Delivery Subscription::State::deliver(const SignalPtr& signal) {
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

Subscription::State::Delivery Subscription::State::put(const SignalPtr& signal) {
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

SignalPtr Subscription::State::pop() {
  SignalPtr oldest = std::move(queue_.front());
  queue_.pop_front();
  bytes_ -= size_of(*oldest);
  return oldest;
}

void Subscription::State::drop(const SignalPtr& signal) {
  ++dropped_;
  if (options_.on_drop) options_.on_drop(signal);
}

SignalPtr Subscription::State::take() {
  const std::lock_guard lock(mutex_);
  return queue_.empty() ? nullptr : pop();
}

std::vector<SignalPtr> Subscription::State::take_many(std::size_t most, std::size_t most_bytes) {
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

SignalPtr Subscription::State::take_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, time, [this] { return !queue_.empty(); }) ? pop() : nullptr;
}

std::size_t Subscription::State::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::size_t Subscription::State::waiting_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::uint64_t Subscription::State::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

std::vector<SignalPtr> Subscription::State::end() {
  if (const auto bus = bus_.lock()) bus->remove(*this);
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  bytes_ = 0;
  auto waited = std::exchange(queue_, {});
  return {std::make_move_iterator(waited.begin()), std::make_move_iterator(waited.end())};
}

std::size_t Subscription::State::hand_over(const std::shared_ptr<State>& to) {
  const std::lock_guard lock(mutex_);  // until it is done, so that nothing that comes later gets ahead
  has_ended_ = true;
  successor_ = to;
  bytes_ = 0;
  return to->put_in_front(std::exchange(queue_, {}));
}

std::size_t Subscription::State::put_in_front(std::deque<SignalPtr> earlier) {
  const std::lock_guard lock(mutex_);
  for (SignalPtr& later : queue_) earlier.push_back(std::move(later));
  queue_.clear();
  bytes_ = 0;
  std::size_t dropped = 0;
  for (const SignalPtr& signal : earlier) dropped += put(signal).dropped;
  return dropped;
}

Subscription::Subscription(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
Subscription::Subscription(Subscription&&) noexcept = default;

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  if (state_) state_->end();
  state_ = std::move(other.state_);
  return *this;
}

Subscription::~Subscription() {
  if (state_) state_->end();
}

SignalPtr Subscription::take() {
  return state_->take();
}
std::vector<SignalPtr> Subscription::take_many(std::size_t most, std::size_t most_bytes) {
  return state_->take_many(most, most_bytes);
}
SignalPtr Subscription::take_for(std::chrono::nanoseconds time) {
  return state_->take_for(time);
}
std::size_t Subscription::waiting() const {
  return state_->waiting();
}
std::size_t Subscription::waiting_bytes() const {
  return state_->waiting_bytes();
}
std::vector<SignalPtr> Subscription::end() {
  return state_->end();
}
std::uint64_t Subscription::dropped() const {
  return state_->dropped();
}

}  // namespace suzaku::signals
