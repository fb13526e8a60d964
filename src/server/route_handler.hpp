#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <suzaku/server/options.hpp>

#include "server/http_routes.hpp"
#include "server/ingress.hpp"
#include "server/shard.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server {

/// Most bytes of a body that nothing reads: of a request to a socket, a page, or a path with neither.
inline constexpr std::size_t kMaxUnusedBody = 8 * 1024;

/// Handles a request to a path that has routes.
class RouteHandler final : public transport::RequestHandler {
 public:
  /// `found`: the routes of the path, at least one.
  RouteHandler(Shard& shard, const EndpointOptions& options, std::vector<HttpRoutes::Match> found, Caller caller,
               const http::Request& head);

  std::size_t max_body() const noexcept override;
  std::optional<http::Response> refusal(const http::Request& head, bool has_body) const override;
  void add_headers(http::Response& refusal) const override;
  Decision serve(const http::Request& request, transport::Exchange& exchange) override;

 private:
  http::Response refuse(HttpResponse response) const;

  Shard& shard_;
  const EndpointOptions& options_;
  const std::vector<HttpRoutes::Match> found_;
  const HttpRoutes::Match* const match_;  // the one of the request's method; null when there is none
  const Caller caller_;
  const HttpHeaders cors_;  // of every answer
};

}  // namespace suzaku::server
