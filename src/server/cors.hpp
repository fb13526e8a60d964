#pragma once

#include <vector>

#include <suzaku/server/http.hpp>

#include "http/request.hpp"
#include "server/http_routes.hpp"
#include "server/ingress.hpp"

namespace suzaku::server {

/// The headers that let a page of another origin read the answer of a route; none when its origin is not allowed.
HttpHeaders cors_headers(const HttpRoute& route, const std::string& url_host, const http::Request& request,
                         const Caller& caller);

/// The same for an answer that is of no route: those of the first of the path's routes that lets the origin in.
HttpHeaders cors_headers(const std::vector<HttpRoutes::Match>& found, const std::string& url_host,
                         const http::Request& request, const Caller& caller);

/// The answer to OPTIONS: what the path serves and, when a browser asks for a page of another origin (a preflight),
/// what that page may do.
HttpResponse options_response(const std::vector<HttpRoutes::Match>& found, const std::string& url_host,
                              const http::Request& request, const Caller& caller);

}  // namespace suzaku::server
