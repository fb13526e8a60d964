#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <suzaku/result.hpp>

#include "net/address.hpp"
#include "net/loop.hpp"

namespace suzaku::net {

/// Accepts connections on one loop. Every loop has a listener of its own on the same port (SO_REUSEPORT); the kernel
/// spreads new connections over them.
class Listener {
 public:
  /// A connected, non-blocking socket; the receiver owns it.
  using OnAccept = std::function<void(int socket, const Address& peer)>;

  /// Binds and listens; connections wait until start(). `host` is an address or a name; "::" takes IPv4 and IPv6, and
  /// falls back to IPv4 on a machine without IPv6. Port 0 lets the system choose.
  static Result<std::unique_ptr<Listener>> open(Loop& loop, const std::string& host, std::uint16_t port);

  /// Fails when another program listens on the port. open() would not notice: SO_REUSEPORT lets the two share it.
  static Result<void> check_free(Loop& loop, const std::string& host, std::uint16_t port);

  /// Fails when this process cannot listen there: no such host, an address of another machine, or a port that needs
  /// more rights. Does not tell whether the port is in use. Blocks in the system's resolver.
  static Result<void> check_address(const std::string& host, std::uint16_t port);

  explicit Listener(Loop& loop);

  std::uint16_t port() const;
  /// Whether it can be reached from this machine alone.
  bool is_loopback() const;
  void start(OnAccept on_accept);
  void close();

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  static Result<std::unique_ptr<Listener>> open(Loop& loop, const std::string& host, std::uint16_t port, bool shared);
  Result<boost::system::error_code> bind(const std::string& host, std::uint16_t port, bool shared);
  boost::system::error_code bind(const boost::asio::ip::tcp::endpoint& endpoint, bool shared);
  boost::system::error_code listen();
  void wait();
  void accept_ready();

  Loop& loop_;
  Acceptor acceptor_;
  OnAccept on_accept_;
  Timers::Id pause_ = Timers::kNone;
};

}  // namespace suzaku::net
