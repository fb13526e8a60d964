#include "net/listener.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/system_code.hpp"
#include "base/thrown.hpp"
#include "net/endpoint.hpp"
#include "net/ip.hpp"

namespace suzaku::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int kBacklog = 4096;
constexpr int kAcceptsATurn = 64;
constexpr auto kPauseWithoutDescriptors = std::chrono::milliseconds(100);

tcp::endpoint endpoint_of(const sockaddr_storage& storage) {
  tcp::endpoint endpoint;
  std::memcpy(endpoint.data(), &storage, endpoint.capacity());
  return endpoint;
}

tl::unexpected<Error> cannot_listen(const std::string& host, std::uint16_t port,
                                    const boost::system::error_code& failed) {
  return failure(system_code(failed.value()),
                 "cannot listen on " + host + " port " + std::to_string(port) + ": " + failed.message() +
                     (failed == asio::error::address_in_use ? "; stop the other program or choose another port" : ""));
}

}  // namespace

Listener::Listener(Loop& loop) : loop_(loop), acceptor_(loop.io()) {}

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, const std::string& host, std::uint16_t port) {
  return open(loop, host, port, true);
}

Result<void> Listener::check_free(Loop& loop, const std::string& host, std::uint16_t port) {
  if (const auto alone = open(loop, host, port, false); !alone) return tl::unexpected(alone.error());
  return {};
}

Result<void> Listener::check_address(const std::string& host, std::uint16_t port) {
  Loop loop;
  Listener listener(loop);
  const auto bound = listener.bind(host, port, true);
  if (!bound) return tl::unexpected(bound.error());
  if (*bound && *bound != asio::error::address_in_use) return cannot_listen(host, port, *bound);
  return {};
}

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, const std::string& host, std::uint16_t port, bool shared) {
  auto listener = std::make_unique<Listener>(loop);
  const auto bound = listener->bind(host, port, shared);
  if (!bound) return tl::unexpected(bound.error());
  boost::system::error_code failed = *bound;
  if (!failed) failed = listener->listen();
  if (failed) return cannot_listen(host, port, failed);
  return listener;
}

/// Fails when there is no such host; otherwise the error of the system.
Result<boost::system::error_code> Listener::bind(const std::string& host, std::uint16_t port, bool shared) {
  boost::system::error_code failed;
  tcp::resolver resolver(loop_.io());
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, failed);
  if (failed) return failure(ErrorCode::not_found, "cannot listen on host \"" + host + "\": " + failed.message());
  const tcp::endpoint endpoint = found.begin()->endpoint();
  failed = bind(endpoint, shared);
  if (failed == asio::error::address_family_not_supported && endpoint.address().is_unspecified())
    failed = bind(tcp::endpoint(tcp::v4(), port), shared);
  return failed;
}

boost::system::error_code Listener::bind(const tcp::endpoint& endpoint, bool shared) {
  boost::system::error_code failed;
  if (acceptor_.close(failed) || acceptor_.open(endpoint.protocol(), failed)) return failed;
  if (acceptor_.set_option(asio::socket_base::reuse_address(true), failed)) return failed;
  if (shared && acceptor_.set_option(ReusePort(true), failed)) return failed;
  if (endpoint.address().is_v6() && acceptor_.set_option(asio::ip::v6_only(false), failed)) return failed;
  return acceptor_.bind(endpoint, failed);
}

boost::system::error_code Listener::listen() {
  boost::system::error_code failed;
  if (acceptor_.listen(kBacklog, failed)) return failed;
  return acceptor_.native_non_blocking(true, failed);
}

std::uint16_t Listener::port() const {
  return acceptor_.local_endpoint().port();
}

bool Listener::is_loopback() const {
  return unmapped(acceptor_.local_endpoint().address()).is_loopback();
}

void Listener::start(OnAccept on_accept) {
  on_accept_ = std::move(on_accept);
  wait();
}

void Listener::close() {
  loop_.timers().cancel(pause_);
  boost::system::error_code failed;
  if (acceptor_.close(failed)) log::warning("closing a listening socket failed: {}", failed.message());
}

void Listener::wait() {
  acceptor_.async_wait(acceptor_.wait_read, [this](boost::system::error_code aborted) {
    if (!aborted) accept_ready();
  });
}

void Listener::accept_ready() {
  for (int i = 0; i < kAcceptsATurn && acceptor_.is_open(); ++i) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    const int socket =
        ::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      if (errno == EAGAIN) break;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        loop_.limited_log().error("cannot accept connections: {}; raise the limit (ulimit -n) or lower max_connections",
                                  std::strerror(errno));
        pause_ = loop_.timers().after(kPauseWithoutDescriptors, [this] { wait(); });
        return;
      }
      continue;  // the peer was gone before we came
    }
    const int on = 1;
    // A failure means that the connection is broken already; reading from it will tell.
    static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    try {
      on_accept_(socket, Address(endpoint_of(peer)));
    } catch (...) {
      loop_.limited_log().error("a new connection failed: {}", what_is_thrown());
    }
  }
  if (acceptor_.is_open()) wait();
}

}  // namespace suzaku::net
