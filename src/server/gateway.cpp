#include "server/gateway.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/connect.hpp"
#include "server/route_handler.hpp"

namespace suzaku::server {
namespace {

using http::Request;
using http::Response;

/// 204, with what is served.
Response allowed_response(std::string allowed) {
  Response response;
  response.status = 204;
  response.headers.emplace_back("allow", std::move(allowed));
  return response;
}

/// Handles a request to no path of ours.
class FixedHandler final : public transport::RequestHandler {
 public:
  explicit FixedHandler(Response response) : response_(std::move(response)) {}

  std::size_t max_body() const noexcept override { return kMaxUnusedBody; }
  std::optional<Response> refusal(const Request& /*head*/, bool /*has_body*/) const override { return response_; }
  Decision serve(const Request& /*request*/, transport::Exchange& /*exchange*/) override {
    return transport::Answer(std::move(response_));
  }

 private:
  Response response_;
};

/// Handles a request to the path of a socket.
class SocketHandler final : public transport::RequestHandler {
 public:
  SocketHandler(Shard& shard, const EndpointOptions& options, Routes::SocketMatch socket, Caller caller)
      : shard_(shard), options_(options), socket_(std::move(socket)), caller_(std::move(caller)) {}

  std::size_t max_body() const noexcept override { return kMaxUnusedBody; }
  std::optional<Response> refusal(const Request& head, bool /*has_body*/) const override {
    if (head.method == "GET") return std::nullopt;
    return Response::text(400, {});
  }
  Decision serve(const Request& request, transport::Exchange& exchange) override {
    if (auto refused = refusal(request, !request.body.empty())) return transport::Answer(*std::move(refused));
    return connect(shard_, options_, socket_.mount, socket_.variables, request, caller_, exchange);
  }

 private:
  Shard& shard_;
  const EndpointOptions& options_;
  const Routes::SocketMatch socket_;
  const Caller caller_;
};

/// Handles a request to the path of a page.
class PageHandler final : public transport::RequestHandler {
 public:
  explicit PageHandler(const StaticPage& page) : page_(page) {}

  std::size_t max_body() const noexcept override { return kMaxUnusedBody; }
  std::optional<Response> refusal(const Request& head, bool /*has_body*/) const override {
    if (head.method == "GET" || head.method == "HEAD") return std::nullopt;
    const std::string allowed = "GET, HEAD, OPTIONS";
    if (head.method == "OPTIONS") return allowed_response(allowed);
    Response response = Response::text(405, "this path serves " + allowed + "\n");
    response.headers.emplace_back("allow", allowed);
    return response;
  }
  Decision serve(const Request& request, transport::Exchange& /*exchange*/) override {
    if (auto refused = refusal(request, !request.body.empty())) return transport::Answer(*std::move(refused));
    Response response;
    response.headers.emplace_back("etag", page_.etag);
    response.headers.emplace_back("cache-control", "no-cache");  // ask again each time; unchanged pages answer 304
    if (const std::string* known = request.header("if-none-match"); known && *known == page_.etag) {
      response.status = 304;
      return transport::Answer(std::move(response));
    }
    response.headers.emplace_back("content-type", page_.content_type);
    response.headers.emplace_back("x-content-type-options", "nosniff");
    response.body = page_.body;
    return transport::Answer(std::move(response));
  }

 private:
  const StaticPage& page_;
};

}  // namespace

std::unique_ptr<transport::RequestHandler> Gateway::handler_of(const Request& head, const transport::Client& client) {
  if (head.target == "*")  // only OPTIONS has it, and asks about the server as a whole
    return std::make_unique<FixedHandler>(allowed_response(routes_.http().all_methods()));
  Routes::Target target = routes_.find(head.path());
  if (auto* socket = std::get_if<Routes::SocketMatch>(&target))
    return std::make_unique<SocketHandler>(shard_, options_, std::move(*socket), ingress_.caller_of(head, client));
  if (auto* page = std::get_if<const StaticPage*>(&target)) return std::make_unique<PageHandler>(**page);
  if (auto* routes = std::get_if<std::vector<HttpRoutes::Match>>(&target))
    return std::make_unique<RouteHandler>(shard_, options_, std::move(*routes), ingress_.caller_of(head, client), head);
  return std::make_unique<FixedHandler>(Response::text(404, "not found\n"));
}

}  // namespace suzaku::server
