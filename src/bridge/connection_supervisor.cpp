#include <utility>

#include <suzaku/bridge/connection_supervisor.hpp>

#include "bridge/supervisor_impl.hpp"

namespace suzaku::bridge {

ConnectionSupervisor::ConnectionSupervisor(signals::SignalBus& bus, Options options)
    : runtime_(options.runtime ? *std::move(options.runtime) : client::Runtime()),
      impl_(std::make_shared<SupervisorImpl>(bus, runtime_)) {}

ConnectionSupervisor::~ConnectionSupervisor() {
  impl_->close();
}

Result<void> ConnectionSupervisor::start_connection(ConnectionOptions options) {
  return impl_->start(std::move(options));
}

Result<void> ConnectionSupervisor::start_configured_connections(std::vector<ConnectionOptions> connections) {
  return impl_->start_all(std::move(connections));
}

client::Push ConnectionSupervisor::stop_connection(std::string_view name,
                                                   std::optional<std::chrono::milliseconds> deadline) {
  return impl_->stop(name, deadline);
}

client::Push ConnectionSupervisor::stop(std::optional<std::chrono::milliseconds> deadline) {
  return impl_->stop_all(deadline);
}

std::vector<std::string> ConnectionSupervisor::list_connections() const {
  return impl_->names();
}

std::optional<Status> ConnectionSupervisor::connection_status(std::string_view name) const {
  return impl_->status(name);
}

Json ConnectionSupervisor::connection_health(std::string_view name) const {
  return impl_->health(name);
}

std::shared_ptr<Connection> ConnectionSupervisor::connection(std::string_view name) const {
  return impl_->connection(name);
}

}  // namespace suzaku::bridge
