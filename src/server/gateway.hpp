#pragma once

#include <cstddef>
#include <vector>

#include <suzaku/server/options.hpp>

#include "server/ingress.hpp"
#include "server/routes.hpp"
#include "server/shard.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server {

/// One loop's answers to HTTP requests: sockets first, as Phoenix does, then pages and routes, then 404.
class Gateway final : public transport::HttpService {
 public:
  Gateway(Shard& shard, const Routes& routes, const Ingress& ingress, const EndpointOptions& options)
      : shard_(shard), routes_(routes), ingress_(ingress), options_(options) {}

  std::size_t max_body(const http::Request& head) override;
  Decision serve(const http::Request& request, const transport::Client& client, transport::Exchange& exchange) override;

 private:
  Decision route(const std::vector<HttpRoutes::Match>& found, const http::Request& request, const Caller& caller,
                 transport::Exchange& exchange);

  Shard& shard_;
  const Routes& routes_;
  const Ingress& ingress_;
  const EndpointOptions& options_;
};

}  // namespace suzaku::server
