#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/server/http.hpp>

#include "http/path_pattern.hpp"

namespace suzaku::server {

/// A handler, and the requests that go to it.
struct HttpRoute {
  std::string method;
  http::PathPattern pattern;
  HttpHandler handler;
  HttpRouteOptions options;
};

/// The handlers of a server, found by method and path. Filled before the start, then read by all loops.
class HttpRoutes {
 public:
  /// Throws std::invalid_argument for a method that is none, for options that make no sense, and when the route is
  /// there already.
  void add(std::string_view method, std::string_view path, HttpHandler handler, HttpRouteOptions options);

  /// The routes that match a path, those with more exact paths first.
  struct Match {
    const HttpRoute* route;
    http::PathPattern::Variables variables;
  };
  std::vector<Match> find(const std::vector<std::string>& segments) const;
  /// Whether a route has the same path.
  bool has(const http::PathPattern& path) const;
  /// Whether a pattern matches all paths of a route.
  bool is_within(const http::PathPattern& pattern) const;
  /// The value of an Allow header for the server as a whole.
  std::string all_methods() const;

 private:
  std::vector<HttpRoute> routes_;  // more exact ones first
};

/// The one of these that serves the method; HEAD is served as GET. Null when none does.
const HttpRoutes::Match* route_of(const std::vector<HttpRoutes::Match>& found, std::string_view method);
/// The value of an Allow header: "GET, HEAD, OPTIONS".
std::string allowed_methods(const std::vector<HttpRoutes::Match>& found);

}  // namespace suzaku::server
