#include "server/gateway.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/ranges.h>

#include "base/ascii.hpp"
#include "http/query.hpp"
#include "server/connect.hpp"
#include "server/cors.hpp"
#include "server/http_exchange.hpp"

namespace suzaku::server {
namespace {

http::Response page_response(const StaticPage& page, const http::Request& request) {
  http::Response response;
  response.headers.emplace_back("etag", page.etag);
  response.headers.emplace_back("cache-control", "no-cache");  // ask again each time; unchanged pages answer 304
  if (const std::string* known = request.header("if-none-match"); known && *known == page.etag) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("content-type", page.content_type);
  response.headers.emplace_back("x-content-type-options", "nosniff");
  response.body = page.body;
  return response;
}

/// The media type of a body without its parameters, in lower case.
std::string media_type(const http::Request& request) {
  const std::string* header = request.header("content-type");
  if (!header) return {};
  std::string_view type = std::string_view(*header).substr(0, header->find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return ascii::lower_case(type);
}

bool takes_body(const HttpRouteOptions& options, const http::Request& request) {
  return request.body.empty() || options.content_types.empty() ||
         std::ranges::find(options.content_types, media_type(request)) != options.content_types.end();
}

HttpResponse refusal(int status, std::string why) {
  return {.status = status, .body = std::move(why)};
}

}  // namespace

std::size_t Gateway::max_body(const http::Request& head) {
  constexpr std::size_t kElsewhere = 8 * 1024;  // sockets and pages have no use for one
  const auto found = routes_.http().find(head.path());
  const HttpRoutes::Match* match = route_of(found, head.method);
  return match ? match->route->options.max_body : kElsewhere;
}

transport::HttpService::Decision Gateway::serve(const http::Request& request, const transport::Client& client,
                                                transport::Exchange& exchange) {
  const Caller caller = ingress_.caller_of(request, client);
  if (const auto socket = routes_.find_socket(request.path()))
    return connect(shard_, options_, socket->mount, socket->variables, request, caller, exchange);
  if (const StaticPage* page = routes_.find_page(request.path())) {
    if (request.method == "GET" || request.method == "HEAD") return transport::Answer(page_response(*page, request));
    http::Response response = http::Response::text(405, "only GET and HEAD are served here\n");
    response.headers.emplace_back("allow", "GET, HEAD");
    return transport::Answer(std::move(response));
  }
  const auto found = routes_.http().find(request.path());
  if (found.empty()) return transport::Answer(http::Response::text(404, "not found\n"));
  return route(found, request, caller, exchange);
}

transport::HttpService::Decision Gateway::route(const std::vector<HttpRoutes::Match>& found,
                                                const http::Request& request, const Caller& caller,
                                                transport::Exchange& exchange) {
  const HttpRoutes::Match* match = route_of(found, request.method);
  if (!match && request.method == "OPTIONS")
    return transport::Answer(to_response(options_response(found, options_.url_host, request, caller), {}));
  if (!match) {
    const std::string allowed = allowed_methods(found);
    HttpResponse response = refusal(405, "this path serves " + allowed + "\n");
    response.headers.emplace_back("allow", allowed);
    return transport::Answer(to_response(std::move(response), {}));
  }
  const HttpRoute& route = *match->route;
  HttpExchange http(shard_, exchange, cors_headers(route, options_.url_host, request, caller));
  if (!takes_body(route.options, request)) {
    return http.decide(
        refusal(415, fmt::format("the body must be {}\n", fmt::join(route.options.content_types, ", "))));
  }
  auto params = http::decode_query(request.query());
  if (!params) return http.decide(refusal(400, params.error().message + "\n"));
  if (!add_variables(*params, match->variables)) return http.decide(refusal(400, "the path is not UTF-8\n"));
  const HttpRequest told{request_info(request, caller, std::move(*params)), request.method, request.body, &http};
  return http.decide(route.handler(told));
}

}  // namespace suzaku::server
