#include "server/connect.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "base/thrown.hpp"
#include "http/query.hpp"
#include "protocol/message.hpp"
#include "server/origin.hpp"
#include "server/socket.hpp"
#include "server/subprotocol.hpp"
#include "ws/handshake.hpp"

namespace suzaku::server {
namespace {

using http::Request;
using http::Response;

Response refuse(int status, std::string body = {}) {
  return Response::text(status, std::move(body));
}

bool check_origin(log::LimitedLog& log, const EndpointOptions& endpoint, const SocketOptions& options,
                  const Request& request, const Caller& caller) {
  const std::string* origin = request.header("origin");
  if (!origin) return true;  // not a browser
  const CheckOrigin& policy = options.check_origin ? *options.check_origin : endpoint.check_origin;
  const RequestOrigin to{.secure = caller.secure, .host_header = caller.host, .is_local_only = caller.is_local_only};
  if (origin_allowed(policy, endpoint.url_host, *origin, to)) return true;
  log.error(
      "refused a socket from the origin {}: if it is one of yours, add it to check_origin, or set trusted_proxies "
      "behind a proxy",
      *origin);
  return false;
}

/// The values of a header's lines, as Phoenix shows them: ["a", "b"].
std::string inspect(const Request& request, std::string_view name) {
  std::string text;
  for (const auto& [header, value] : request.headers)
    if (header == name) text += (text.empty() ? "\"" : ", \"") + value + "\"";
  return "[" + text + "]";
}

bool any_line_contains(const Request& request, std::string_view name, std::string_view token) {
  return std::ranges::any_of(
      request.headers, [&](const auto& line) { return line.first == name && ws::list_contains(line.second, token); });
}

/// Why the request cannot become a WebSocket (RFC 6455, section 4.2.1); nothing when it can.
std::optional<std::string> upgrade_problem(const Request& request) {
  if (request.http_1_0) return "HTTP version 1.0 cannot be upgraded";
  if (!any_line_contains(request, "connection", "upgrade"))
    return "'connection' header must contain 'upgrade', got " + inspect(request, "connection");
  if (!any_line_contains(request, "upgrade", "websocket"))
    return "'upgrade' header must contain 'websocket', got " + inspect(request, "upgrade");
  if (!request.header("sec-websocket-key")) return "'sec-websocket-key' header is absent";
  const std::string* version = request.header("sec-websocket-version");
  if (!version || *version != "13")
    return "'sec-websocket-version' header must equal '13', got " + inspect(request, "sec-websocket-version");
  return std::nullopt;
}

std::optional<protocol::Version> negotiate(log::LimitedLog& log, const JsonObject& params) {
  const Json* vsn = params.if_contains("vsn");
  std::optional<std::string_view> text;
  if (vsn) {
    if (!vsn->is_string()) return std::nullopt;
    text = std::string_view(vsn->get_string().data(), vsn->get_string().size());
  }
  const auto version = protocol::negotiate(text);
  if (!version)
    log.warning("a client asks for the protocol version {}; this server speaks 1.0.x and 2.0.x", text.value_or("?"));
  return version;
}

ConnectInfo connect_info(const Request& request, const Caller& caller, JsonObject params) {
  return {.params = std::move(params),
          .headers = request.headers,
          .peer_address = caller.address.host(),
          .peer_port = caller.address.port(),
          .secure = caller.secure,
          .host = caller.host,
          .path = std::string(request.path()),
          .query = std::string(request.query()),
          .auth_token = {}};
}

}  // namespace

std::variant<Response, transport::Upgrade> connect(Shard& shard, const EndpointOptions& endpoint, const Mount& mount,
                                                   const Mount::Variables& variables, const Request& request,
                                                   const Caller& caller) {
  const SocketOptions& options = mount.options();
  if (request.method != "GET") return refuse(400);
  auto params = http::decode_query(request.query());
  if (!params) return refuse(400, params.error().message + "\n");
  for (const auto& [name, value] : variables) params->insert_or_assign(name, Json(value));

  if (!check_origin(shard.log(), endpoint, options, request, caller)) return refuse(403);
  const auto protocols = choose_protocols(request.header("sec-websocket-protocol"), options);
  if (!protocols) return refuse(protocols.error());
  const auto version = negotiate(shard.log(), *params);
  if (!version) return refuse(403);

  ConnectInfo info = connect_info(request, caller, std::move(*params));
  info.auth_token = protocols->auth_token;
  std::unique_ptr<UserSocket> user = mount.factory()();
  const auto begin = shard.activity.begin();
  ConnectResult result;
  try {
    result = user->connect(info);
  } catch (...) {  // without the request's path: it may hold a token
    shard.log().error("connect() of the socket {} threw for client {}: {}", mount.path(), caller.address.text(),
                      what_is_thrown());
    return refuse(500, "internal server error\n");
  }
  if (result.accepted) {
    if (const auto problem = upgrade_problem(request)) return refuse(400, *problem);
  }
  shard.activity.connected(begin, mount.path(), caller.address, info.params, *version, result.accepted);
  if (!result.accepted) return refuse(result.status, std::move(result.body));

  transport::Upgrade upgrade;
  upgrade.response.headers.emplace_back("cache-control", "max-age=0, private, must-revalidate");
  if (!protocols->answer.empty()) upgrade.response.headers.emplace_back("sec-websocket-protocol", protocols->answer);
  upgrade.options = {
      .max_message = options.max_frame_size, .idle_timeout = options.idle_timeout, .unfinished = &shard.unfinished};
  if (const std::string* offers = request.header("sec-websocket-extensions"); offers && options.compress) {
    if (auto agreed = ws::negotiate_deflate(*offers)) {
      upgrade.response.headers.emplace_back("sec-websocket-extensions", std::move(*agreed));
      upgrade.options.deflate = true;
    }
  }
  upgrade.handler =
      std::make_unique<Socket>(shard, mount, std::move(user), caller.address,
                               pubsub::FrameVariant{.version = *version, .compressed = upgrade.options.deflate});
  return upgrade;
}

}  // namespace suzaku::server
