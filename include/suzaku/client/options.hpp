#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <suzaku/client/reconnect.hpp>
#include <suzaku/client/reply.hpp>
#include <suzaku/client/runtime.hpp>
#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

namespace suzaku::client {

class Serializer;

/// The argument of a function that gives the params or the token.
struct ConnectAttempt {
  std::size_t attempt = 1;  // from 1; starts again at 1 once a connection was stable
  bool is_reconnect = false;
};

/// The argument of a function that gives the params of a join.
struct JoinAttempt {
  std::size_t attempt = 1;  // from 1; starts again at 1 with each connection, and once a join was stable
  bool is_rejoin = false;   // the channel was joined before
};

struct Header {
  std::string name;
  std::string value;
};

/// A value, or a function that is called for it at each attempt.
template <class Value, class Attempt>
class Source {
 public:
  using Function = std::function<Result<Value>(const Attempt&)>;

  Source() = default;
  Source(Value value) : source_(std::move(value)) {}
  template <class F>
    requires std::is_invocable_v<F&, const Attempt&>
  Source(F function)
      : source_([function = std::move(function)](const Attempt& attempt) mutable -> Result<Value> {
          return function(attempt);
        }) {}
  Source(std::initializer_list<Payload::Member> members)
    requires std::same_as<Value, Payload>
      : source_(Payload(members)) {}
  Source(std::initializer_list<Header> headers)
    requires std::same_as<Value, std::vector<Header>>
      : source_(std::vector<Header>(headers)) {}
  Source(const char* text)
    requires(std::same_as<Value, std::string> || std::same_as<Value, std::optional<std::string>>)
      : source_(Value(text)) {}
  Source(std::string text)
    requires std::same_as<Value, std::optional<std::string>>
      : source_(Value(std::move(text))) {}

  /// The function, or nullptr when it is a value.
  const Function* function() const noexcept { return std::get_if<Function>(&source_); }
  /// What the function gives, or the value.
  [[nodiscard]] Result<Value> get(const Attempt& attempt) const {
    return function() ? (*function())(attempt) : value();
  }
  /// The value; the empty one when there is a function.
  Value value() const { return function() ? Value{} : std::get<Value>(source_); }

 private:
  std::variant<Value, Function> source_;
};

/// An object whose members go into the URL's query. The function may take its time, and may fail: then the reconnect
/// policy decides.
///
/// It is called on one of the four threads that a runtime has for such work, for one attempt of a socket after another,
/// and not for an attempt that was given up. While four functions of a runtime take their time, the others
/// wait, and their `credentials_timeout` passes: give a function a time-out of its own, or its socket a runtime of its
/// own. A function cannot be ended from outside. One that runs when its socket is destroyed runs on, if others share
/// the runtime; where the runtime ends, its end (in ~Socket, when it was the last) waits for it.
using Params = Source<Payload, ConnectAttempt>;
/// The same for phoenix.js's `authToken`. An empty token is none.
using AuthToken = Source<std::string, ConnectAttempt>;
/// What a channel is joined with. The function is called where callbacks are called, and must not block, unless
/// SocketOptions::join_params_may_block is set.
using JoinParams = Source<Payload, JoinAttempt>;

/// The same for the headers of the upgrade request and of every long-poll request.
using Headers = Source<std::vector<Header>, ConnectAttempt>;
/// The same for the proxy: "http://user:password@host:port", for HTTP CONNECT; "" for none.
using Proxy = Source<std::optional<std::string>, ConnectAttempt>;

/// wss:// only.
struct TlsOptions {
  bool verify = true;                 // the certificate's chain, its dates and its host name
  std::string ca_file = {};           // PEM; instead of the system's authorities
  std::string certificate_file = {};  // PEM; to show the server who we are
  std::string key_file = {};          // PEM
  std::string server_name = {};       // to ask for and to verify, when it is not the URL's host
  /// "sha256/BASE64" of a certificate's public key (SubjectPublicKeyInfo); the server's must be one of these.
  std::vector<std::string> pinned_keys = {};
};

/// How often a channel that was joined, or should be, is joined again.
struct RejoinOptions {
  Backoff backoff = ListBackoff{.delays = ListBackoff::phoenix_rejoin_delays()};
  /// Joins on one connection without success in between, after which the channel is given up (ChannelError::will_rejoin
  /// is false); 0: no limit.
  std::size_t max_attempts = 0;
  /// A join counts as success only when it has lasted this long, so that a channel that is joined and crashes is not
  /// tried again ever faster.
  std::chrono::milliseconds stable_after{10'000};
  /// Channels of one socket that may wait for the answer to their join at the same time; 0: no limit.
  std::size_t max_concurrent = 16;
  /// Asked after a join that the server has refused: whether to try again. Without it the answer is yes, but for
  /// Refusal::too_many_channels. Called on the runtime's thread; must not block.
  std::function<bool(const Reply&)> retry_refused = {};
};

/// What a push does when the buffer of its channel is full.
enum class Overflow : std::uint8_t {
  fail,         // it ends with Outcome::buffer_full
  drop_oldest,  // the oldest push that waits ends with Outcome::buffer_full
  block,        // push() waits for room, at most the push's time-out, of which this is a part (on the client's own
                // thread: as `fail`)
};

/// What is done with a push that has been sent when the connection is lost before its reply. (One that waits to be sent
/// goes on waiting.)
enum class Resend : std::uint8_t {
  never,          // it ends with Outcome::disconnected
  at_least_once,  // it is sent again after the rejoin; the server may see it twice
};

/// One frame or one step of a connection, as the wire tap sees it.
struct WireEvent {
  enum class Kind : std::uint8_t { connecting, opened, sent, received, closed };
  Kind kind;
  bool is_binary = false;
  /// The frame; for connecting the URL, for closed the reason. Secrets are replaced by "[redacted]" (binary frames are
  /// shown as they are). Valid during the call.
  std::string_view text;
};

/// Where callbacks are called: it is given work, and must run it once, soon, in order.
using Dispatcher = std::function<void(std::function<void()>)>;

enum class TransportKind : std::uint8_t { websocket, long_poll };

struct SocketOptions {
  Params params = {};
  AuthToken auth_token = {};
  Headers headers = {};
  std::vector<std::string> failover = {};  // further URLs, tried in turn when one fails

  int vsn = 2;                                       // serializer 1 (1.0.0) or 2 (2.0.0)
  std::shared_ptr<Serializer> serializer = nullptr;  // instead of the built-in ones
  bool compress = false;                             // offer permessage-deflate
  TransportKind transport = TransportKind::websocket;
  /// Use long poll when the WebSocket has not carried an answer of the server within this time.
  std::optional<std::chrono::milliseconds> long_poll_fallback = {};

  TlsOptions tls = {};
  /// Without it the environment's HTTPS_PROXY (wss), http_proxy (ws; in lower case only, as with curl), ALL_PROXY and
  /// NO_PROXY.
  Proxy proxy = {};

  /// Finding and reaching the host, or the proxy. Names are looked up by the system's resolver, one after another for
  /// all sockets of a runtime: one that hangs makes others wait until the resolver gives up, and their time passes (IP
  /// addresses and localhost are not looked up). The end of the runtime waits for it, too.
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds tls_timeout{10'000};          // the TLS handshake
  std::chrono::milliseconds handshake_timeout{10'000};    // the WebSocket handshake; with long poll the first poll
  std::chrono::milliseconds credentials_timeout{30'000};  // the functions that give params, token, headers, proxy
  std::chrono::milliseconds close_timeout{3'000};         // for what is unsent and the server's close frame, at the end

  std::chrono::milliseconds heartbeat_interval{30'000};  // 0: none
  /// The connection is given up when a heartbeat is not answered within this time, even if other messages arrive. One
  /// exception: while a long message arrives on a slow link, the answer behind it is waited for, as long as no pause
  /// between its bytes is longer than this. (phoenix.js does not wait.)
  std::chrono::milliseconds heartbeat_timeout{10'000};
  std::chrono::milliseconds timeout{10'000};  // of joins, pushes and leaves that say nothing else

  ReconnectOptions reconnect = {};
  RejoinOptions rejoin = {};
  /// Calls the functions of JoinParams on the threads of Params, where they may block: two of a socket at a time, one
  /// of a channel. A join whose function has not returned within `credentials_timeout` has failed.
  bool join_params_may_block = false;

  std::size_t max_buffered = 1'000;  // pushes of one channel that wait to be sent
  Overflow overflow = Overflow::fail;
  /// Bytes of one received message, after decompression. With long poll, an answer may have twice as many bytes (at
  /// least 16 MB), and 100'000 messages.
  std::size_t max_message_size = 64 << 20;
  std::size_t max_unsent = 4 << 20;  // bytes that may wait for the network; then pushes wait in their channel

  /// Without it callbacks are called on the runtime's own thread. The function may be called on any thread,
  /// and still shortly after the socket is gone. See CallbackQueue for loops that poll.
  Dispatcher dispatcher = {};
  /// Callbacks that may wait for the dispatcher (a message that both a channel and on_message() listen to is two), and
  /// the bytes of the messages and replies that they hold. At either limit the socket stops reading from the connection
  /// until half of the room is free, so that a slow program slows the server down, as TCP does. Heartbeats are sent
  /// meanwhile, and none times out; pushes and joins do, since their replies are not read. Only two things make a full
  /// socket read on: a callback that waits for a reply (Push::get()), and disconnect(). Messages that come then are
  /// dropped, and counted in Metrics::dropped_messages. No other callback is ever dropped. A message without a
  /// callback when it is received does not wait: add callbacks before join().
  std::size_t max_undelivered = 100'000;
  std::size_t max_undelivered_bytes = 16 << 20;
  /// Sees every frame, on the runtime's thread: return quickly, and do not add or remove callbacks.
  std::function<void(const WireEvent&)> on_wire = {};
  /// Names of params and payload members whose values the wire tap and dump_state() must not show, whatever their
  /// letter case; "token" covers "user_token" and "X-Auth-Token" too.
  std::vector<std::string> secrets = {"token",   "password", "secret",        "apikey",
                                      "api_key", "api-key",  "authorization", "cookie"};

  /// Shared by any number of sockets; without it the socket makes one of its own.
  std::optional<Runtime> runtime = {};
};

struct PushOptions {
  std::optional<std::chrono::milliseconds> timeout = {};  // otherwise the socket's; counts while the push waits, too
  Resend resend = Resend::never;
};

}  // namespace suzaku::client
