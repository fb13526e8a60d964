#include "server/gateway.hpp"

#include "server/connect.hpp"

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

http::Response handler_response(const HttpHandler& handler, const http::Request& request) {
  HttpResponse answer = handler({.path = request.path(), .query = request.query()});
  return {.status = answer.status,
          .headers = {{"content-type", std::move(answer.content_type)},
                      {"x-content-type-options", "nosniff"},
                      {"cache-control", "no-store"}},
          .body = std::move(answer.body)};
}

}  // namespace

std::variant<http::Response, transport::Upgrade> Gateway::serve(const http::Request& request,
                                                                const transport::Client& client) {
  if (const auto socket = routes_.find_socket(request.path()))
    return connect(shard_, options_, socket->mount, socket->variables, request, ingress_.caller_of(request, client));

  const StaticPage* page = routes_.find_page(request.path());
  const HttpHandler* handler = routes_.find_handler(request.path());
  if (!page && !handler) return http::Response::text(404, "not found\n");
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response response = http::Response::text(405, "only GET and HEAD are served here\n");
    response.headers.emplace_back("allow", "GET, HEAD");
    return response;
  }
  return page ? page_response(*page, request) : handler_response(*handler, request);
}

}  // namespace suzaku::server
