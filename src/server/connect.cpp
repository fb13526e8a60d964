#include "server/connect.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "base/thrown.hpp"
#include "http/query.hpp"
#include "protocol/message.hpp"
#include "server/origin.hpp"
#include "server/pending_request.hpp"
#include "server/socket.hpp"
#include "server/subprotocol.hpp"
#include "ws/handshake.hpp"

namespace suzaku::server {

/// What connect() needs for later().
struct LaterConnect {
  Shard& shard;
  std::uint64_t& id;  // of the request, once it is asked for
};

namespace {

using http::Request;
using http::Response;

transport::Answer refuse(int status, std::string body = {}) {
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

/// A client that asks for a WebSocket, from connect() to the answer.
class Connecting {
 public:
  Connecting(Shard& shard, const Mount& mount, const Request& request, const Caller& caller, Protocols protocols,
             protocol::Version version, JsonObject params)
      : shard_(shard),
        mount_(mount),
        user_(mount.factory()()),
        peer_(caller.address),
        protocol_(std::move(protocols.answer)),
        version_(version),
        problem_(upgrade_problem(request)),
        begin_(shard.activity.begin()),
        info_{request_info(request, caller, std::move(params)), std::move(protocols.auth_token)} {}

  UserSocket& user() noexcept { return *user_; }
  const ConnectInfo& info() const noexcept { return info_; }

  transport::Answer answer(ConnectResult result) {
    if (result.accepted && problem_) return refuse(400, *problem_);
    shard_.activity.connected(begin_, mount_.path(), peer_, result.accepted ? user_.get() : nullptr, info_.params,
                              version_);
    if (!result.accepted) return refuse(result.status, std::move(result.body));
    return upgrade();
  }

  transport::Answer failed() {  // without the request's path: it may hold a token
    shard_.log().error("connect() of the socket {} threw for client {}: {}", mount_.path(), peer_.text(),
                       what_is_thrown());
    return refuse(500, "internal server error\n");
  }

 private:
  transport::Upgrade upgrade() {
    const SocketOptions& options = mount_.options();
    transport::Upgrade upgrade;
    HttpHeaders& headers = upgrade.response.headers;
    headers.emplace_back("sec-websocket-accept", ws::accept_key(*info_.header("sec-websocket-key")));
    headers.emplace_back("cache-control", "max-age=0, private, must-revalidate");
    if (!protocol_.empty()) headers.emplace_back("sec-websocket-protocol", protocol_);
    upgrade.options = {
        .max_message = options.max_frame_size, .idle_timeout = options.idle_timeout, .unfinished = &shard_.unfinished};
    if (const std::string* offers = info_.header("sec-websocket-extensions"); offers && options.compress) {
      if (auto agreed = ws::negotiate_deflate(*offers)) {
        headers.emplace_back("sec-websocket-extensions", std::move(*agreed));
        upgrade.options.deflate = true;
      }
    }
    upgrade.handler =
        std::make_unique<Socket>(shard_, mount_, std::move(user_), peer_,
                                 pubsub::FrameVariant{.version = version_, .compressed = upgrade.options.deflate});
    return upgrade;
  }

  Shard& shard_;
  const Mount& mount_;
  std::unique_ptr<UserSocket> user_;
  net::Address peer_;
  std::string protocol_;  // of the answer
  protocol::Version version_;
  std::optional<std::string> problem_;  // why it cannot become a WebSocket
  ActivityLog::Begin begin_;
  ConnectInfo info_;
};

}  // namespace

/// A connect that is answered later.
class PendingConnect final : public PendingRequest {
 public:
  PendingConnect(Connecting connecting, Shard& shard, std::uint64_t id, transport::Exchange& exchange)
      : PendingRequest(shard, id, exchange), connecting_(std::move(connecting)) {}

  void answer(ConnectResult result, const Assigns& assigns) {
    transport::Answer answer;
    try {
      connecting_.user().assigns().merge(assigns);
      answer = connecting_.answer(std::move(result));
    } catch (...) {  // such as from id()
      answer = connecting_.failed();
    }
    resolve(std::move(answer));
  }

  /// Calls connect(). `id` becomes the number of the request when it asks for later().
  static ConnectResult call(UserSocket& user, const ConnectInfo& info, Shard& shard, std::uint64_t& id) {
    LaterConnect later{shard, id};
    user.connecting_ = &later;
    ConnectResult result = user.connect(info);
    user.connecting_ = nullptr;
    if (result.is_later && id == 0) throw std::logic_error("a ConnectAnswer is returned that later() has not made");
    return result;
  }
  static ConnectAnswer handle(const LaterConnect& later) { return {later.shard.mailbox, later.id}; }

 private:
  Connecting connecting_;
};

transport::RequestHandler::Decision connect(Shard& shard, const EndpointOptions& endpoint, const Mount& mount,
                                            const Mount::Variables& variables, const Request& request,
                                            const Caller& caller, transport::Exchange& exchange) {
  const SocketOptions& options = mount.options();
  auto params = http::decode_query(request.query());
  if (!params) return refuse(400, params.error().message + "\n");
  if (!add_variables(*params, variables)) return refuse(400, "the path is not UTF-8\n");

  if (!check_origin(shard.log(), endpoint, options, request, caller)) return refuse(403);
  auto protocols = choose_protocols(request.header("sec-websocket-protocol"), options);
  if (!protocols) return refuse(protocols.error());
  const auto version = negotiate(shard.log(), *params);
  if (!version) return refuse(403);

  Connecting connecting(shard, mount, request, caller, *std::move(protocols), *version, std::move(*params));
  std::uint64_t id = 0;
  ConnectResult result;
  try {
    result = PendingConnect::call(connecting.user(), connecting.info(), shard, id);
  } catch (...) {
    return connecting.failed();
  }
  if (result.is_later) return std::make_unique<PendingConnect>(std::move(connecting), shard, id, exchange);
  return connecting.answer(std::move(result));
}

void UserSocket::run_blocking(std::function<void()> work) {
  if (!connecting_) throw std::logic_error("run_blocking() outside of connect()");
  Shard& shard = connecting_->shard;
  shard.workers.run([answer = later(), work = std::move(work)] {
    try {
      work();
    } catch (...) {
      log::error("the work of a connect() threw: {}", what_is_thrown());
      answer.refuse(500, "internal server error\n");
    }
  });
}

ConnectAnswer UserSocket::later() {
  if (!connecting_) throw std::logic_error("later() outside of connect(): there is nothing to answer");
  if (connecting_->id == 0) connecting_->id = ++connecting_->shard.last_id;
  return PendingConnect::handle(*connecting_);
}

void ConnectAnswer::accept(Assigns assigns) const {
  answer({.accepted = true}, std::move(assigns));
}
void ConnectAnswer::refuse(int status, std::string body) const {
  answer({.accepted = false, .status = status, .body = std::move(body)}, {});
}
void ConnectAnswer::answer(ConnectResult result, Assigns assigns) const {
  if (!mailbox_) return;
  mailbox_->post([id = request_, result = std::move(result), assigns = std::move(assigns)](Shard& shard) mutable {
    if (const auto found = shard.requests.find(id); found != shard.requests.end())
      static_cast<PendingConnect*>(found->second)->answer(std::move(result), assigns);
  });
}

}  // namespace suzaku::server
