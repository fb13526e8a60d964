#include "net/connector.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/chrono.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/ip.hpp"

namespace suzaku::net {
namespace {

namespace asio = boost::asio;
using Kind = ConnectFailure::Kind;

/// A failure means that the connection is broken already; reading from it will tell.
void set_option(int socket, int level, int option, int value) {
  static_cast<void>(::setsockopt(socket, level, option, &value, sizeof value));
}

/// The addresses of a host that nobody has to be asked about.
std::vector<Endpoint> known_endpoints(const std::string& host, std::uint16_t port) {
  if (is_localhost(host)) return {{asio::ip::address_v6::loopback(), port}, {asio::ip::address_v4::loopback(), port}};
  boost::system::error_code is_a_name;
  const auto address = asio::ip::make_address(host, is_a_name);
  if (is_a_name) return {};
  return {{address, port}};
}

/// A port that nobody listens on may connect to itself, when the system has chosen it for our end.
bool is_connected_to_itself(int socket, const Endpoint& peer) {
  Endpoint own;
  auto size = static_cast<socklen_t>(own.capacity());
  return ::getsockname(socket, own.data(), &size) == 0 && own == peer;
}

const char* advice(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "; nothing listens on this port";
    case ENETUNREACH:
    case EHOSTUNREACH:
      return "; check the connection of this machine to the network";
    case EMFILE:
    case ENFILE:
      return "; raise the limit of open files (ulimit -n)";
    default:
      return "";
  }
}

}  // namespace

/// One address that is being tried.
class Connector::Attempt final : private Poller::Watcher {
 public:
  Attempt(Connector& owner, Endpoint endpoint) : owner_(&owner), endpoint_(std::move(endpoint)) {}
  ~Attempt() {
    if (socket_ >= 0) static_cast<void>(::close(socket_));  // whatever it returns, the descriptor is free
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  const Endpoint& endpoint() const noexcept { return endpoint_; }

  /// Returns errno, or 0 when the attempt is under way.
  int start() {
    socket_ = ::socket(endpoint_.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return errno;
    set_option(socket_, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket_, SOL_SOCKET, SO_KEEPALIVE, 1);
    if (::connect(socket_, endpoint_.data(), static_cast<socklen_t>(endpoint_.size())) != 0 && errno != EINPROGRESS)
      return errno;
    owner_->loop_.poller().add(socket_, *this, false, true);
    return 0;
  }
  /// Ends it; it has to live on to the end of the turn, since the poller may still hold an event for it.
  void close() noexcept {
    if (socket_ >= 0) static_cast<void>(::close(release()));
    owner_ = nullptr;
  }
  /// Gives the socket away.
  int release() noexcept {
    owner_->loop_.poller().remove(socket_);
    return std::exchange(socket_, -1);
  }

 private:
  void on_ready(bool, bool) override {
    if (!owner_) return;
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error == 0 && is_connected_to_itself(socket_, endpoint_)) error = ECONNREFUSED;
    error == 0 ? owner_->attempt_connected(*this) : owner_->attempt_failed(*this, error);
  }

  Connector* owner_;
  Endpoint endpoint_;
  int socket_ = -1;
};

Connector::Connector(Loop& loop, ConnectOptions options, OnDone on_done)
    : loop_(loop),
      options_(std::move(options)),
      on_done_(std::move(on_done)),
      resolver_(loop.io()),
      self_(std::make_shared<Connector*>(this)) {
  timeout_ = loop_.timers().after(options_.timeout, [this] { give_up(); });
  loop_.at_turn_end(Loop::Phase::work, *this);
}

Connector::~Connector() {
  cancel();
}

void Connector::on_turn_end() {
  if (options_.host.empty() || options_.host.find('\0') != std::string::npos)
    return fail(Kind::resolve_failed, "cannot connect: the name of the host is empty or has a zero byte in it");
  endpoints_ = known_endpoints(options_.host, options_.port);
  endpoints_.empty() ? resolve() : connect_next();
}

void Connector::resolve() {
  // Without the flag address_configured, which hides a server on loopback from a machine that has no other IPv6.
  resolver_.async_resolve(
      options_.host, std::to_string(options_.port), asio::ip::resolver_base::numeric_service,
      [self = std::weak_ptr(self_)](boost::system::error_code failed, const Resolver::results_type& results) {
        const auto alive = self.lock();
        if (!alive) return;
        Connector& me = **alive;
        if (failed)
          return me.fail(Kind::resolve_failed, "cannot find the host \"" + me.options_.host +
                                                   "\": " + failed.message() +
                                                   "; check its name, and that this machine can ask the DNS");
        me.endpoints_ = interleave({results.begin(), results.end()});
        me.connect_next();
      });
}

/// Tries the next address; fails when there is none, and none is still being tried.
void Connector::connect_next() {
  loop_.timers().cancel(attempt_timer_);
  while (next_ < endpoints_.size()) {
    auto attempt = std::make_unique<Attempt>(*this, endpoints_[next_++]);
    if (const int error = attempt->start()) {
      last_error_ = error;
      note(attempt->endpoint(), std::strerror(error));
      continue;
    }
    attempts_.push_back(std::move(attempt));
    if (next_ < endpoints_.size())
      attempt_timer_ = loop_.timers().after(options_.attempt_delay, [this] { connect_next(); });
    return;
  }
  if (attempts_.empty())
    fail(Kind::connect_failed, "cannot connect to " + where() + ": " + failures_ + advice(last_error_));
}

void Connector::attempt_connected(Attempt& attempt) {
  const Address peer(attempt.endpoint());
  const int socket = attempt.release();
  if (options_.user_timeout > Duration::zero()) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(options_.user_timeout).count();
    set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(wait));
  }
  finish(Connected{socket, peer});
}

void Connector::attempt_failed(Attempt& attempt, int error) {
  last_error_ = error;
  note(attempt.endpoint(), std::strerror(error));
  retire(attempt);
  connect_next();
}

void Connector::give_up() {
  const std::string time = fmt::format("{}", std::chrono::ceil<std::chrono::milliseconds>(options_.timeout));
  if (endpoints_.empty())
    return fail(Kind::timed_out, "the addresses of \"" + options_.host + "\" were not found within " + time +
                                     "; can this machine ask the DNS?");
  for (const auto& attempt : attempts_) note(attempt->endpoint(), "no answer");
  fail(Kind::timed_out, "not connected to " + where() + " within " + time + ": " + failures_ +
                            "; check the address, and what stands between (firewall, proxy)");
}

void Connector::note(const Endpoint& endpoint, std::string_view what) {
  if (!failures_.empty()) failures_ += ", ";
  failures_.append(Address(endpoint).host()).append(": ").append(what);
}

std::string Connector::where() const {
  return options_.host + " port " + std::to_string(options_.port);
}

void Connector::retire(Attempt& attempt) {
  const auto found = std::ranges::find(attempts_, &attempt, &std::unique_ptr<Attempt>::get);
  attempt.close();
  loop_.dispose(std::move(*found));
  attempts_.erase(found);
}

void Connector::cancel() {
  loop_.forget(*this);
  loop_.timers().cancel(timeout_);
  loop_.timers().cancel(attempt_timer_);
  self_.reset();
  resolver_.cancel();
  while (!attempts_.empty()) retire(*attempts_.back());
}

void Connector::fail(Kind kind, std::string text) {
  finish(tl::unexpected(ConnectFailure{.kind = kind, .text = std::move(text)}));
}

void Connector::finish(Result result) {
  cancel();
  const OnDone on_done = std::move(on_done_);
  on_done(std::move(result));  // may destroy this
}

}  // namespace suzaku::net
