#pragma once

#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <suzaku/server/endpoint.hpp>

#include "base/transparent_hash.hpp"
#include "server/mount.hpp"
#include "server/shard.hpp"
#include "transport/http_session.hpp"

namespace suzaku::server {

/// What can be asked for over HTTP. Filled before the start, then read by all loops.
struct Routes {
  std::vector<std::unique_ptr<Mount>> mounts;
  std::unordered_map<std::string, HttpHandler, TransparentHash, std::equal_to<>> handlers;
  std::unordered_map<std::string, StaticPage, TransparentHash, std::equal_to<>> pages;
};

/// One loop's answers to HTTP requests: sockets first, as Phoenix does, then pages and handlers, then 404.
class Gateway final : public transport::HttpService {
 public:
  Gateway(Shard& shard, const Routes& routes, const EndpointOptions& options)
      : shard_(shard), routes_(routes), options_(options) {}

  std::variant<http::Response, transport::Upgrade> serve(const http::Request& request,
                                                         const transport::Client& client) override;

 private:
  Shard& shard_;
  const Routes& routes_;
  const EndpointOptions& options_;
};

}  // namespace suzaku::server
