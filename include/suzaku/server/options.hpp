#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/result.hpp>
#include <suzaku/server/assigns.hpp>

namespace suzaku::server {

/// Which web pages may open a connection (the Origin header; programs that are no browser send none and are let in).
/// Phoenix's check_origin.
struct CheckOrigin {
  enum class Kind {
    any,      // false: every page
    host,     // true: pages from the endpoint's url_host, whatever scheme and port
    request,  // :conn: pages with the scheme, host and port that the request itself was made to
    list,     // a list: "https://example.com", "//*.example.com", "//example.com:8080"
  };
  Kind kind = Kind::host;
  std::vector<std::string> origins = {};

  /// "true", "false", "conn", or origins separated by commas.
  [[nodiscard]] static Result<CheckOrigin> parse(std::string_view text);
};

/// How one socket mount behaves. Times, sizes and names are Phoenix's where it has them.
struct SocketOptions {
  std::string path = "/websocket";                 // appended to the mount; may have ":variables"
  std::optional<CheckOrigin> check_origin = {};    // otherwise the endpoint's
  bool auth_token = false;                         // take phoenix.js's `authToken` (Sec-WebSocket-Protocol)
  std::vector<std::string> subprotocols = {};      // allowed; the first that the client offers too is chosen
  std::size_t max_channels = 100;                  // per connection; then "too many channels joined"
  std::size_t max_topic_size = 4096;               // bytes of a topic, and of a join_ref; then "topic too long". Of
                                                   // all that stands before a payload, 8 times as much; then 1009
  std::size_t max_frame_size = 10'000'000;         // bytes of one message; then close 1009
  std::chrono::milliseconds idle_timeout{60'000};  // without a byte from the client, or, while its answers
                                                   // wait, without it taking any; then close 1001
  /// For a join that is answered later; then it is refused with the reason "join timeout". phoenix.js waits 10 s.
  std::chrono::milliseconds join_timeout{8'000};
  bool compress = false;  // offer permessage-deflate
};

struct ChannelOptions {
  Assigns assigns = {};  // every channel of the pattern begins with these, over those of its socket
  /// A newer broadcast makes an older one worthless (cursor positions): when a client reads too slowly its oldest
  /// waiting broadcasts are dropped, instead of the connection.
  bool is_volatile = false;
};

struct TlsOptions {
  std::string certificate_file;  // PEM, with its chain
  std::string key_file;          // PEM
};

/// How the server ends on SIGTERM and SIGINT: no new connections, then the open ones in batches, with 1012 (the client
/// comes back, elsewhere).
struct DrainOptions {
  std::size_t batch_size = 10'000;  // connections
  std::chrono::milliseconds batch_interval{2'000};
  std::chrono::milliseconds deadline{30'000};  // then the rest is cut off
};

struct EndpointOptions {
  std::string host = "::";                 // where to listen; "::" is every address, IPv4 and IPv6
  std::uint16_t port = 4000;               // 0: the system chooses, see Endpoint::port()
  std::size_t loops = 0;                   // event loops, each a thread; 0: one per core
  std::size_t workers = 4;                 // threads of Channel::run_blocking()
  std::size_t max_blocking_jobs = 10'000;  // that may wait for one of them

  std::string url_host = "localhost";  // the host that browsers know the server by, for check_origin
  CheckOrigin check_origin = {};
  std::optional<TlsOptions> tls = {};
  /// Proxies whose word is taken for who their clients are: addresses ("192.0.2.7", "::1") and networks ("10.0.0.0/8").
  /// What they say in X-Forwarded-For, -Proto and -Host, or if there is none of these in Forwarded (RFC 7239), takes
  /// the place of the connection's address, TLS and Host header: in ConnectInfo, and for CheckOrigin::Kind::request.
  /// From everybody else these headers change nothing.
  std::vector<std::string> trusted_proxies = {};

  std::size_t max_connections = 1'000'000;            // shared out evenly between the loops
  std::size_t max_header_size = 8 * 1024;             // bytes of an HTTP request's head; then 431
  std::chrono::milliseconds request_timeout{10'000};  // for a whole HTTP request to arrive, then 408; and for an answer
                                                      // that comes later (also of a connect), then 503
  std::chrono::milliseconds keep_alive_timeout{60'000};
  /// Bytes that may wait for a client that reads too slowly; then it is disconnected with 1013 (try again later). Above
  /// a quarter of them what the client sends is not read.
  std::size_t max_queued_bytes = 4 * 1024 * 1024;
  /// Bytes of memory for messages that have not come whole, and for those being decompressed, of all connections
  /// together. 16 KB of each message do not count. A connection that needs more than is left is disconnected with 1013.
  /// Messages that wait for a join count too, wholly (Channel::later()).
  std::size_t max_unfinished_bytes = 64 * 1024 * 1024;

  DrainOptions drain = {};

  /// At level debug the log shows the params of connects and joins, and the payloads of events, with "[FILTERED]" for
  /// the values of members whose names contain one of these, at any depth and whatever the case of ASCII letters.
  std::vector<std::string> filter_parameters = {"token",   "password", "secret",       "apikey",
                                                "api_key", "api-key",  "authorization"};
};

}  // namespace suzaku::server
