#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <tl/expected.hpp>

#include "net/address.hpp"
#include "net/endpoint.hpp"
#include "net/loop.hpp"

namespace suzaku::net {

struct ConnectOptions {
  std::string host;  // a name, or an IPv4 or IPv6 address (without brackets)
  std::uint16_t port = 0;
  Duration timeout = std::chrono::seconds(10);  // for all of it: looking up the name, and every attempt
  Duration attempt_delay =
      std::chrono::milliseconds(250);  // so long an address may keep silent before the next is tried
  Duration user_timeout{};  // TCP_USER_TIMEOUT: how long sent bytes may go unacknowledged; 0 leaves it to the system
};

/// Why there is no connection.
struct ConnectFailure {
  enum class Kind : unsigned char { resolve_failed, connect_failed, timed_out };
  Kind kind;
  std::string text;  // names the host and the addresses that were tried, and what to do next
};

/// A connected, non-blocking socket; the receiver owns it.
struct Connected {
  int socket;
  Address peer;
};

/// Makes one outgoing TCP connection. The addresses of a name are tried one after another, IPv6 and IPv4 in turn, the
/// next one when the last has failed or kept silent for a while; the first that answers wins (RFC 8305). `localhost` is
/// this machine without asking anybody (RFC 6761).
///
/// Loop's thread only. Destroying it, at any time and even in its own callback, cancels everything; nothing is called
/// after that. Names are looked up on one thread for each loop: one that hangs delays those behind it, and the end of
/// the loop, until the system's resolver gives up.
class Connector final : private Loop::Hook {
 public:
  using Result = tl::expected<Connected, ConnectFailure>;
  /// Called once, never from within the constructor.
  using OnDone = std::function<void(Result)>;

  Connector(Loop& loop, ConnectOptions options, OnDone on_done);
  ~Connector();
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

 private:
  using Resolver = boost::asio::ip::basic_resolver<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  class Attempt;

  void on_turn_end() override;
  void resolve();
  void connect_next();
  void attempt_connected(Attempt& attempt);
  void attempt_failed(Attempt& attempt, int error);
  void note(const Endpoint& endpoint, std::string_view what);
  void retire(Attempt& attempt);
  void give_up();
  void cancel();
  void fail(ConnectFailure::Kind kind, std::string text);
  void finish(Result result);
  std::string where() const;

  Loop& loop_;
  ConnectOptions options_;
  OnDone on_done_;
  Resolver resolver_;
  std::shared_ptr<Connector*> self_;  // what the resolver's answer looks for; it may come when we are gone
  std::vector<Endpoint> endpoints_;
  std::size_t next_ = 0;  // among endpoints_
  std::vector<std::unique_ptr<Attempt>> attempts_;
  std::string failures_;  // of the attempts, as text
  int last_error_ = 0;
  Timers::Id timeout_ = Timers::kNone;
  Timers::Id attempt_timer_ = Timers::kNone;
};

}  // namespace suzaku::net
