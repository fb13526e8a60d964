#include <stdexcept>
#include <utility>

#include <suzaku/signals/signal_bus.hpp>

#include "signals/bus_impl.hpp"

namespace suzaku::signals {
namespace {

std::vector<TypePattern> compiled(const std::vector<std::string>& patterns) {
  if (patterns.empty()) throw std::invalid_argument("a subscription to types needs a pattern");
  return {patterns.begin(), patterns.end()};
}

}  // namespace

SignalBus::SignalBus(Options options) : impl_(std::make_shared<Impl>(std::move(options))) {}
SignalBus::~SignalBus() = default;

Subscription SignalBus::subscribe(std::string_view topic, SubscriptionOptions options) {
  if (topic.empty()) throw std::invalid_argument("a topic of the bus must not be empty");
  auto subscriber = std::make_shared<Subscription::Impl>(Subscription::Impl::Request{.topic = std::string(topic)},
                                                         std::move(options), impl_);
  impl_->add(subscriber);
  return Subscription(std::move(subscriber));
}

Subscription SignalBus::subscribe_type(std::string_view pattern, SubscriptionOptions options) {
  return subscribe_types({std::string(pattern)}, std::move(options));
}

Subscription SignalBus::subscribe_types(const std::vector<std::string>& patterns, SubscriptionOptions options) {
  auto subscriber = std::make_shared<Subscription::Impl>(Subscription::Impl::Request{.patterns = compiled(patterns)},
                                                         std::move(options), impl_);
  impl_->add(subscriber);
  return Subscription(std::move(subscriber));
}

Subscription SignalBus::replace(Subscription& before, const std::vector<std::string>& patterns,
                                SubscriptionOptions options) {
  auto subscriber = std::make_shared<Subscription::Impl>(Subscription::Impl::Request{.patterns = compiled(patterns)},
                                                         std::move(options), impl_);
  impl_->replace(*before.impl_, subscriber);
  return Subscription(std::move(subscriber));
}

Subscription SignalBus::subscribe_unheard(SubscriptionOptions options) {
  auto subscriber = std::make_shared<Subscription::Impl>(Subscription::Impl::Request(), std::move(options), impl_);
  impl_->add(subscriber);
  return Subscription(std::move(subscriber));
}

std::size_t SignalBus::publish(std::string_view topic, const SignalPtr& signal) {
  impl_->count_published();
  return impl_->deliver(impl_->of_topic(topic), signal).queued;
}

std::size_t SignalBus::dispatch(const SignalPtr& signal) {
  impl_->count_published();
  const auto delivery = impl_->deliver(impl_->of_type(signal->type), signal);
  if (delivery.is_wanted) return delivery.queued;
  impl_->count_unheard();
  impl_->deliver(impl_->of_unheard(), signal);
  return 0;
}

SignalBus::Metrics SignalBus::metrics() const {
  return impl_->metrics();
}

}  // namespace suzaku::signals
