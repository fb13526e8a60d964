#include "server/cors.hpp"

#include <fmt/ranges.h>

#include "server/origin.hpp"

namespace suzaku::server {
namespace {

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

bool is_allowed(const Cors& cors, const std::string& url_host, std::string_view origin, const Caller& caller) {
  return origin_allowed(cors.origins, url_host, origin,
                        {.secure = caller.secure, .host_header = caller.host, .is_local_only = caller.is_local_only});
}

/// What caches must know: with another Origin the answer has other headers.
void add_vary(HttpHeaders& headers) {
  headers.emplace_back("vary", "origin");
}

}  // namespace

HttpHeaders cors_headers(const HttpRoute& route, const std::string& url_host, const http::Request& request,
                         const Caller& caller) {
  HttpHeaders headers;
  if (!route.options.cors) return headers;
  const Cors& cors = *route.options.cors;
  add_vary(headers);
  const std::string* origin = request.header("origin");
  if (!origin || !is_allowed(cors, url_host, *origin, caller)) return headers;
  headers.emplace_back("access-control-allow-origin", *origin);
  if (cors.credentials) headers.emplace_back("access-control-allow-credentials", "true");
  if (!cors.response_headers.empty())
    headers.emplace_back("access-control-expose-headers", joined(cors.response_headers));
  return headers;
}

HttpHeaders cors_headers(const std::vector<HttpRoutes::Match>& found, const std::string& url_host,
                         const http::Request& request, const Caller& caller) {
  HttpHeaders best;
  for (const HttpRoutes::Match& match : found) {
    HttpHeaders headers = cors_headers(*match.route, url_host, request, caller);
    if (headers.size() > 1) return headers;  // more than `vary`: the origin is allowed
    if (!headers.empty()) best = std::move(headers);
  }
  return best;
}

HttpResponse options_response(const std::vector<HttpRoutes::Match>& found, const std::string& url_host,
                              const http::Request& request, const Caller& caller) {
  HttpResponse response{.status = 204, .content_type = ""};
  response.headers.emplace_back("allow", allowed_methods(found));
  const std::string* method = request.header("access-control-request-method");
  const HttpRoutes::Match* match = method ? route_of(found, *method) : nullptr;
  if (!match || !match->route->options.cors) return response;
  const Cors& cors = *match->route->options.cors;
  for (auto& header : cors_headers(*match->route, url_host, request, caller)) response.headers.push_back(header);
  if (response.headers.size() == 2) return response;  // only `vary`: the origin is not allowed
  response.headers.emplace_back("access-control-allow-methods", *method);
  if (!cors.request_headers.empty())
    response.headers.emplace_back("access-control-allow-headers", joined(cors.request_headers));
  response.headers.emplace_back("access-control-max-age", std::to_string(cors.max_age.count()));
  return response;
}

}  // namespace suzaku::server
