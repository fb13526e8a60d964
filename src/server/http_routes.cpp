#include "server/http_routes.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/ranges.h>

#include "server/origin.hpp"

namespace suzaku::server {
namespace {

void require_method(std::string_view method) {
  if (method.empty() || !std::ranges::all_of(method, [](char c) { return c >= 'A' && c <= 'Z'; }))
    throw std::invalid_argument("\"" + std::string(method) + "\": a method is a word in capitals, such as \"GET\"");
  if (method == "CONNECT") throw std::invalid_argument("CONNECT asks for a proxy; it cannot be routed");
}

void require_valid_cors(const Cors& cors) {
  require_valid(cors.origins);
  if (cors.credentials && cors.origins.kind == CheckOrigin::Kind::any)
    throw std::invalid_argument("cors: with credentials every page could act for the user; list the origins");
}

/// The value of an Allow header: each method once, and those that are answered without a handler.
std::string joined(std::vector<std::string> methods) {
  methods.emplace_back("OPTIONS");
  if (std::ranges::find(methods, "GET") != methods.end()) methods.emplace_back("HEAD");
  std::ranges::sort(methods);
  const auto [from, to] = std::ranges::unique(methods);
  methods.erase(from, to);
  return fmt::format("{}", fmt::join(methods, ", "));
}

}  // namespace

void HttpRoutes::add(std::string_view method, std::string_view path, HttpHandler handler, HttpRouteOptions options) {
  require_method(method);
  if (options.cors) require_valid_cors(*options.cors);
  HttpRoute route{std::string(method), http::PathPattern(path), std::move(handler), std::move(options)};
  for (const HttpRoute& earlier : routes_)
    if (earlier.method == method && earlier.pattern.is_same_as(route.pattern))
      throw std::invalid_argument(std::string(method) + " \"" + std::string(path) + "\" is routed already");
  const auto place = std::ranges::find_if(
      routes_, [&](const HttpRoute& other) { return route.pattern.is_more_exact_than(other.pattern); });
  routes_.insert(place, std::move(route));
}

std::vector<HttpRoutes::Match> HttpRoutes::find(const std::vector<std::string>& segments) const {
  std::vector<Match> found;
  for (const HttpRoute& route : routes_)
    if (auto variables = route.pattern.match(segments)) found.push_back({&route, *std::move(variables)});
  return found;
}

bool HttpRoutes::has(const http::PathPattern& path) const {
  return std::ranges::any_of(routes_, [&](const HttpRoute& route) { return path.is_same_as(route.pattern); });
}

bool HttpRoutes::is_within(const http::PathPattern& pattern) const {
  return std::ranges::any_of(routes_, [&](const HttpRoute& route) { return pattern.covers(route.pattern); });
}

std::string HttpRoutes::all_methods() const {
  std::vector<std::string> methods{"GET"};  // sockets and pages
  for (const HttpRoute& route : routes_) methods.push_back(route.method);
  return joined(std::move(methods));
}

const HttpRoutes::Match* route_of(const std::vector<HttpRoutes::Match>& found, std::string_view method) {
  for (const HttpRoutes::Match& match : found)
    if (match.route->method == method) return &match;
  return method == "HEAD" ? route_of(found, "GET") : nullptr;
}

std::string allowed_methods(const std::vector<HttpRoutes::Match>& found) {
  std::vector<std::string> methods;
  methods.reserve(found.size());
  for (const HttpRoutes::Match& match : found) methods.push_back(match.route->method);
  return joined(std::move(methods));
}

}  // namespace suzaku::server
