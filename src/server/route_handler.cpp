#include "server/route_handler.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/ranges.h>

#include "base/ascii.hpp"
#include "http/query.hpp"
#include "server/cors.hpp"
#include "server/http_exchange.hpp"

namespace suzaku::server {
namespace {

/// The media type of a body without its parameters, in lower case.
std::string media_type(const http::Request& request) {
  const std::string* header = request.header("content-type");
  if (!header) return {};
  std::string_view type = std::string_view(*header).substr(0, header->find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return ascii::lower_case(type);
}

bool takes_type(const HttpRouteOptions& options, const http::Request& head) {
  return options.content_types.empty() ||
         std::ranges::find(options.content_types, media_type(head)) != options.content_types.end();
}

HttpResponse text(int status, std::string why) {
  return {.status = status, .body = std::move(why)};
}

}  // namespace

RouteHandler::RouteHandler(Shard& shard, const EndpointOptions& options, std::vector<HttpRoutes::Match> found,
                           Caller caller, const http::Request& head)
    : shard_(shard),
      options_(options),
      found_(std::move(found)),
      match_(route_of(found_, head.method)),
      caller_(std::move(caller)),
      cors_(match_ ? cors_headers(*match_->route, options.url_host, head, caller_)
                   : cors_headers(found_, options.url_host, head, caller_)) {}

std::size_t RouteHandler::max_body() const noexcept {
  return match_ ? match_->route->options.max_body : kMaxUnusedBody;
}

std::optional<http::Response> RouteHandler::refusal(const http::Request& head, bool has_body) const {
  if (!match_ && head.method == "OPTIONS")
    return to_response(options_response(found_, options_.url_host, head, caller_), {});
  if (!match_) {
    const std::string allowed = allowed_methods(found_);
    HttpResponse response = text(405, "this path serves " + allowed + "\n");
    response.headers.emplace_back("allow", allowed);
    return refuse(std::move(response));
  }
  const HttpRouteOptions& options = match_->route->options;
  if (has_body && !takes_type(options, head))
    return refuse(text(415, fmt::format("the body must be {}\n", fmt::join(options.content_types, ", "))));
  return std::nullopt;
}

void RouteHandler::add_headers(http::Response& refusal) const {
  refusal.headers.insert(refusal.headers.end(), cors_.begin(), cors_.end());
}

transport::RequestHandler::Decision RouteHandler::serve(const http::Request& request, transport::Exchange& exchange) {
  if (auto refused = refusal(request, !request.body.empty())) return transport::Answer(*std::move(refused));
  auto params = http::decode_query(request.query());
  if (!params) return transport::Answer(refuse(text(400, params.error().message + "\n")));
  if (!add_variables(*params, match_->variables))
    return transport::Answer(refuse(text(400, "the path is not UTF-8\n")));
  HttpExchange http(shard_, exchange, cors_);
  const HttpRequest told{request_info(request, caller_, std::move(*params)), request.method, request.body, &http};
  return http.decide(match_->route->handler(told));
}

http::Response RouteHandler::refuse(HttpResponse response) const {
  return to_response(std::move(response), cors_);
}

}  // namespace suzaku::server
