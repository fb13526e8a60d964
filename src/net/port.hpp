#pragma once

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/endpoint.hpp"

namespace suzaku::net::test {

/// For tests: a listening port of this machine. No program accepts; the kernel completes connections up to the backlog.
class Port {
 public:
  explicit Port(const std::string& host, std::uint16_t port = 0, int backlog = 16)
      : address_(boost::asio::ip::make_address(host), port), socket_(make_socket()) {
    auto size = static_cast<socklen_t>(address_.capacity());
    if (::bind(socket_, address_.data(), static_cast<socklen_t>(address_.size())) != 0 ||
        ::listen(socket_, backlog) != 0 || ::getsockname(socket_, address_.data(), &size) != 0)
      throw std::runtime_error("cannot listen on " + host);
  }
  ~Port() {
    close();
    for (const int socket : fill_) ::close(socket);
  }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  std::uint16_t number() const { return address_.port(); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  /// Fills the backlog: connects from now on get no answer. For a backlog of 0.
  void fall_silent() {
    for (bool silent = false; !silent;) {
      const int socket = fill_.emplace_back(make_socket());
      if (::connect(socket, address_.data(), static_cast<socklen_t>(address_.size())) != 0 && errno != EINPROGRESS)
        throw std::runtime_error("cannot fill the port");
      pollfd connected{.fd = socket, .events = POLLOUT, .revents = 0};
      silent = ::poll(&connected, 1, 50) == 0;
    }
  }

 private:
  int make_socket() const { return ::socket(address_.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK, 0); }

  Endpoint address_;
  int socket_;
  std::vector<int> fill_;
};

}  // namespace suzaku::net::test
