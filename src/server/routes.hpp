#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include <suzaku/server/endpoint.hpp>

#include "base/transparent_hash.hpp"
#include "server/http_routes.hpp"
#include "server/mount.hpp"

namespace suzaku::server {

/// What can be asked for over HTTP. Filled before the start, then read by all loops.
class Routes {
 public:
  // These throw std::invalid_argument for what no request could reach, and std::logic_error once the routes are sealed.
  Mount& add_socket(std::string_view path, SocketFactory factory, SocketOptions options);
  void add_channel(Mount& mount, std::string_view pattern, ChannelFactory factory, ChannelOptions options);
  void add_handler(std::string_view method, std::string_view path, HttpHandler handler, HttpRouteOptions options);
  void add_page(const StaticPage& page);

  /// After this the loops read the routes, and nothing may be added.
  void seal() noexcept { sealed_ = true; }

  struct SocketMatch {
    const Mount& mount;
    Mount::Variables variables;
  };
  /// What a path leads to: nothing, a socket, a page, or handlers.
  using Target = std::variant<std::monostate, SocketMatch, const StaticPage*, std::vector<HttpRoutes::Match>>;
  /// Sockets come first, as in Phoenix, then pages, then handlers.
  Target find(std::string_view path) const;
  const HttpRoutes& http() const noexcept { return http_; }

 private:
  void require_open() const;
  void require_no_socket(std::string_view path, const http::PathPattern& pattern) const;

  template <class T>
  using ByPath = std::unordered_map<std::string, T, TransparentHash, std::equal_to<>>;

  std::vector<std::unique_ptr<Mount>> mounts_;
  HttpRoutes http_;
  ByPath<StaticPage> pages_;
  std::size_t longest_ = 0;  // parts of the longest path of a socket or handler
  std::atomic<bool> sealed_{false};
};

}  // namespace suzaku::server
