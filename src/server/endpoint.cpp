#include <csignal>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <suzaku/server/endpoint.hpp>

#include "base/log.hpp"
#include "server/core.hpp"
#include "server/id_topic.hpp"
#include "server/topic_listener.hpp"

namespace suzaku::server {

SocketMount& SocketMount::channel(std::string_view pattern, ChannelFactory factory, ChannelOptions options) {
  routes_->add_channel(*mount_, pattern, std::move(factory), std::move(options));
  return *this;
}

Endpoint::Endpoint(EndpointOptions options) : Endpoint(std::make_unique<Core>(std::move(options))) {}
Endpoint::Endpoint(std::unique_ptr<Core> core) : core_(std::move(core)) {
  core_->belong_to(*this);
}
Endpoint::~Endpoint() = default;

SocketMount Endpoint::socket(std::string_view path, SocketOptions options) {
  return socket(path, [] { return std::make_unique<UserSocket>(); }, std::move(options));
}

SocketMount Endpoint::socket(std::string_view path, SocketFactory factory, SocketOptions options) {
  return {core_->routes, core_->add_socket(path, std::move(factory), std::move(options))};
}

void Endpoint::route(std::string_view method, std::string_view path, HttpHandler handler, HttpRouteOptions options) {
  core_->routes.add_handler(method, path, std::move(handler), std::move(options));
}

void Endpoint::pages(std::span<const StaticPage> pages) {
  for (const StaticPage& page : pages) core_->routes.add_page(page);
}

Result<void> Endpoint::start() {
  return core_->start();
}
std::uint16_t Endpoint::port() const {
  return core_->port();
}
bool Endpoint::is_ready() const noexcept {
  return core_->is_ready();
}
Result<CertificateInfo> Endpoint::reload_tls() {
  return core_->reload_tls();
}
EndpointStats Endpoint::stats() const {
  return core_->stats();
}
void Endpoint::drain() {
  core_->drain();
}

Result<void> Endpoint::run(const std::function<void()>& ready) {
  // Signals first: one that comes while we start must not kill us half-way.
  boost::asio::io_context io(1);
  boost::asio::signal_set stop(io, SIGTERM, SIGINT);
  boost::asio::signal_set reload(io, SIGHUP);
  if (auto started = start(); !started) return started;
  if (ready) ready();

  std::function<void()> await_reload = [&] {
    reload.async_wait([&](boost::system::error_code aborted, int) {
      if (aborted) return;
      core_->on_hangup();
      await_reload();
    });
  };
  await_reload();
  stop.async_wait([&](boost::system::error_code, int signal) {
    stop.clear();  // a second signal ends the program at once
    reload.cancel();
    log::info("{} received: draining; once more to stop at once", signal == SIGINT ? "SIGINT" : "SIGTERM");
    drain();
  });
  io.run();
  return {};
}

void Endpoint::broadcast(std::string_view topic, std::string_view event, const Payload& payload) {
  core_->pubsub().broadcast(topic, event, payload);
  if (event == protocol::event::kDisconnect) disconnect(topic);
}

void Endpoint::local_broadcast(std::string_view topic, std::string_view event, const Payload& payload) {
  core_->pubsub().local_broadcast(topic, event, payload);
  if (event == protocol::event::kDisconnect) core_->pubsub().local_broadcast(id_topic(topic), event, payload);
}

TopicSubscription Endpoint::subscribe(std::string_view topic, std::function<void(const TopicMessage&)> callback) {
  if (!callback) throw std::invalid_argument("a subscription needs a callback");
  auto listener = std::make_shared<TopicListener>(core_->shard().mailbox, std::string(topic), std::move(callback));
  listener->start();
  return TopicSubscription(std::move(listener));
}

void Endpoint::disconnect(std::string_view socket_id) {
  core_->pubsub().broadcast(id_topic(socket_id), protocol::event::kDisconnect, {});
}

}  // namespace suzaku::server
