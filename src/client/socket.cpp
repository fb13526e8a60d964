#include <stdexcept>
#include <utility>
#include <vector>

#include <suzaku/client/socket.hpp>

#include "client/core/options_check.hpp"
#include "client/socket_impl.hpp"

namespace suzaku::client {
namespace {

std::vector<std::string> checked_urls(std::string_view url, const SocketOptions& options) {
  std::vector<std::string> urls{std::string(url)};
  urls.insert(urls.end(), options.failover.begin(), options.failover.end());
  for (const auto& each : urls) {
    if (const auto good = core::check_url(each); !good) throw std::invalid_argument(good.error().message);
  }
  if (const auto good = core::check(options); !good) throw std::invalid_argument(good.error().message);
  return urls;
}

}  // namespace

Socket::Socket(std::string_view url, SocketOptions options) {
  const auto urls = checked_urls(url, options);
  runtime_ = std::exchange(options.runtime, std::nullopt);
  if (!runtime_) runtime_.emplace();
  impl_ = std::make_shared<SocketImpl>(urls, std::move(options), runtime_->engine());
  impl_->start();
}

Socket::~Socket() {
  if (impl_) impl_->close();
}

Socket::Socket(Socket&&) noexcept = default;

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this == &other) return *this;
  if (impl_) impl_->close();
  impl_ = std::move(other.impl_);
  runtime_ = std::move(other.runtime_);
  return *this;
}

Push Socket::connect() {
  return impl_->start([](core::Socket& core, std::shared_ptr<PushImpl> push) { core.connect(std::move(push)); });
}

Push Socket::disconnect(std::uint16_t code, std::string_view reason) {
  if (const auto good = core::check_close(code, reason); !good) throw std::invalid_argument(good.error().message);
  return impl_->start([code, reason = std::string(reason)](core::Socket& core, std::shared_ptr<PushImpl> push) {
    core.disconnect(code, reason, std::move(push));
  });
}

Push Socket::ping() {
  return impl_->start([](core::Socket& core, std::shared_ptr<PushImpl> push) { core.ping(std::move(push)); });
}

void Socket::network_changed() {
  impl_->post([](core::Socket& core) { core.network_changed(); });
}

Channel Socket::channel(std::string_view topic, std::optional<JoinParams> params) {
  return Channel(impl_->channel(topic, std::move(params)));
}

Socket::Status Socket::status() const noexcept {
  return impl_->status();
}

Socket::Binding Socket::on_open(std::function<void(const Opened&)> callback) {
  return impl_->add(&SocketImpl::open_callbacks, std::move(callback));
}
Socket::Binding Socket::on_close(std::function<void(const Disconnect&)> callback) {
  return impl_->add(&SocketImpl::close_callbacks, std::move(callback));
}
Socket::Binding Socket::on_reconnect(std::function<void(const Reconnecting&)> callback) {
  return impl_->add(&SocketImpl::reconnect_callbacks, std::move(callback));
}
Socket::Binding Socket::on_give_up(std::function<void(const Disconnect&)> callback) {
  return impl_->add(&SocketImpl::give_up_callbacks, std::move(callback));
}
Socket::Binding Socket::on_message(std::function<void(const Message&)> callback) {
  return impl_->add(&SocketImpl::message_callbacks, std::move(callback));
}
Socket::Binding Socket::on_callback_error(std::function<void(std::exception_ptr, std::string_view where)> callback) {
  const std::lock_guard lock(impl_->callbacks()->mutex());
  const auto binding = impl_->callbacks()->next_binding();
  impl_->callbacks()->on_error.add(binding, std::move(callback));
  return binding;
}
void Socket::off(Binding binding) {
  impl_->off(binding);
}

Metrics Socket::metrics() const {
  return impl_->metrics();
}
Json Socket::dump_state() const {
  return impl_->dump_state();
}

}  // namespace suzaku::client
