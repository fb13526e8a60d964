#pragma once

#include <variant>

#include <suzaku/server/options.hpp>

#include "server/ingress.hpp"
#include "server/routes.hpp"
#include "server/shard.hpp"
#include "transport/http_session.hpp"

namespace suzaku::server {

/// One loop's answers to HTTP requests: sockets first, as Phoenix does, then pages and handlers, then 404.
class Gateway final : public transport::HttpService {
 public:
  Gateway(Shard& shard, const Routes& routes, const Ingress& ingress, const EndpointOptions& options)
      : shard_(shard), routes_(routes), ingress_(ingress), options_(options) {}

  std::variant<http::Response, transport::Upgrade> serve(const http::Request& request,
                                                         const transport::Client& client) override;

 private:
  Shard& shard_;
  const Routes& routes_;
  const Ingress& ingress_;
  const EndpointOptions& options_;
};

}  // namespace suzaku::server
