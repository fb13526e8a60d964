#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>
#include <suzaku/server/channel.hpp>
#include <suzaku/server/http.hpp>
#include <suzaku/server/options.hpp>
#include <suzaku/server/topic_subscription.hpp>
#include <suzaku/server/user_socket.hpp>

namespace suzaku::server_testing {
class ServerImpl;
}

namespace suzaku::server {

class Mount;
class Routes;

using SocketFactory = std::function<std::unique_ptr<UserSocket>()>;
using ChannelFactory = std::function<std::unique_ptr<Channel>()>;

/// A mounted socket, to give channels to. Good for as long as its endpoint.
class SocketMount {
 public:
  /// Channels of class C serve the topics of this pattern: a whole topic ("lobby"), or a prefix with a star ("room:*").
  /// Of several patterns that match, a whole topic wins, then the longest prefix. Throws std::invalid_argument for a
  /// pattern that no topic can match or that is given twice, std::logic_error once the endpoint has started.
  template <std::derived_from<Channel> C>
  SocketMount& channel(std::string_view pattern, ChannelOptions options = {}) {
    return channel(pattern, [] { return std::make_unique<C>(); }, std::move(options));
  }
  /// The same, with a function that makes each channel; called on the event loops, several at once.
  SocketMount& channel(std::string_view pattern, ChannelFactory factory, ChannelOptions options = {});

 private:
  friend class Endpoint;
  SocketMount(Routes& routes, Mount& mount) : routes_(&routes), mount_(&mount) {}
  Routes* routes_;
  Mount* mount_;
};

/// A page that lives in memory for as long as the endpoint.
struct StaticPage {
  std::string_view path;
  std::string_view content_type;
  std::string_view body;
  std::string_view etag;
};

/// A TLS certificate that was read.
struct CertificateInfo {
  std::string file;
  std::chrono::sys_seconds valid_until;
};

/// Counters since the start, over all loops.
struct EndpointStats {
  std::uint64_t sockets = 0;   // WebSocket connections open now
  std::uint64_t channels = 0;  // joined now
  std::uint64_t messages_in = 0;
  std::uint64_t undecodable = 0;  // frames that closed their connection with 1011
  std::uint64_t stale = 0;        // messages of an earlier join, dropped
  std::uint64_t channel_crashes = 0;
  std::uint64_t slow_consumers = 0;  // disconnected with 1013
  std::uint64_t dropped_frames = 0;  // of volatile topics, that slow readers did not get
  std::uint64_t refused = 0;         // connections beyond max_connections
};

/// A server: listens, and serves sockets with their channels.
///
///   suzaku::server::Endpoint endpoint{{.port = 4000}};
///   endpoint.socket("/socket").channel<RoomChannel>("room:*");
///   if (auto ended = endpoint.run(); !ended) std::cerr << ended.error().message << '\n';
///
/// Mount everything before start() or run(): afterwards socket(), channel(), route() and pages() throw
/// std::logic_error. They throw std::invalid_argument for a path that no request can reach: one without a slash at its
/// front, with a query, or that is taken already. A socket takes all requests to its path, and a page those to its own:
/// both win over a handler whose path has a variable there, whichever is mounted first. Methods marked "any thread" are
/// good while it runs.
class Endpoint {
 public:
  /// Throws std::invalid_argument for options that make no sense.
  explicit Endpoint(EndpointOptions options = {});
  /// Stops at once if it still runs.
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  /// Serves a socket at `path` + options.path, for example /socket/websocket. Of two sockets whose variables match the
  /// same path the first wins. Throws std::invalid_argument for options that make no sense, such as a max_frame_size
  /// above EndpointOptions::max_unfinished_bytes.
  SocketMount socket(std::string_view path, SocketOptions options = {});
  template <std::derived_from<UserSocket> S>
  SocketMount socket(std::string_view path, SocketOptions options = {}) {
    return socket(path, [] { return std::make_unique<S>(); }, std::move(options));
  }
  SocketMount socket(std::string_view path, SocketFactory factory, SocketOptions options = {});

  /// Answers requests to a path, such as "/api/rooms/:id"; a part that begins with a colon matches any, and is a
  /// parameter. Paths are compared part by part, without their percent escapes; an exact part wins over a variable.
  /// HEAD is answered as GET is, without the body. OPTIONS, and 405 for other methods, are answered without a handler.
  /// Handlers run on the event loops, several at once, and must not block. Throws std::invalid_argument for a method
  /// that is none, and for options that make no sense.
  void route(std::string_view method, std::string_view path, HttpHandler handler, HttpRouteOptions options = {});
  void get(std::string_view path, HttpHandler handler, HttpRouteOptions options = {}) {
    route("GET", path, std::move(handler), std::move(options));
  }
  void post(std::string_view path, HttpHandler handler, HttpRouteOptions options = {}) {
    route("POST", path, std::move(handler), std::move(options));
  }
  void pages(std::span<const StaticPage> pages);

  /// Opens the port and serves on threads of its own. Fails when the port is taken or a certificate cannot be read;
  /// then it may be tried again. One that runs, or has been drained, cannot be started (std::logic_error).
  [[nodiscard]] Result<void> start();
  /// Where it listens, once started.
  std::uint16_t port() const;

  /// start(), then waits: SIGTERM and SIGINT drain and return, SIGHUP reads the TLS certificate again (reload_tls)
  /// and tells the log. For main(). `ready` is called once it listens.
  [[nodiscard]] Result<void> run(const std::function<void()>& ready = {});

  /// Ends as DrainOptions says, and returns when that is done. Any thread but those of the event loops: not from a
  /// handler.
  void drain();
  /// Any thread: true from start() until a drain begins. For load balancers (/health/ready).
  bool is_ready() const noexcept;
  /// Reads the files of the TLS certificate and its key again, for connections to come. Fails, and keeps the old ones,
  /// when they cannot be used; an expired one can. Fails without EndpointOptions::tls, as there is nothing to read. Any
  /// thread.
  [[nodiscard]] Result<CertificateInfo> reload_tls();

  /// Any thread: to every subscriber of a topic, on all nodes. Throws std::invalid_argument as Channel::broadcast()
  /// does. The event "disconnect" also does what disconnect(topic) does, as in Phoenix.
  void broadcast(std::string_view topic, std::string_view event, const Payload& payload = {});
  /// The same, on this node alone.
  void local_broadcast(std::string_view topic, std::string_view event, const Payload& payload = {});
  /// Any thread: calls back for each broadcast on the topic, until the subscription is destroyed; on one of the event
  /// loops, so the callback must not block. Broadcasts from before start() do not count. For code that is no channel;
  /// channels have Channel::subscribe().
  [[nodiscard]] TopicSubscription subscribe(std::string_view topic, std::function<void(const TopicMessage&)> callback);
  /// Any thread: ends every connection whose UserSocket has this id (close 1001).
  void disconnect(std::string_view socket_id);

  /// Any thread.
  EndpointStats stats() const;

 private:
  friend class server_testing::ServerImpl;
  class Core;
  explicit Endpoint(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace suzaku::server
