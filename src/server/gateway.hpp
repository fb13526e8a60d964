#pragma once

#include <memory>

#include <suzaku/server/options.hpp>

#include "server/ingress.hpp"
#include "server/routes.hpp"
#include "server/shard.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server {

/// Finds who handles the HTTP requests of one loop: a socket, a page or a route.
class Gateway final : public transport::HttpService {
 public:
  Gateway(Shard& shard, const Routes& routes, const Ingress& ingress, const EndpointOptions& options)
      : shard_(shard), routes_(routes), ingress_(ingress), options_(options) {}

  std::unique_ptr<transport::RequestHandler> handler_of(const http::Request& head,
                                                        const transport::Client& client) override;

 private:
  Shard& shard_;
  const Routes& routes_;
  const Ingress& ingress_;
  const EndpointOptions& options_;
};

}  // namespace suzaku::server
