#include "connection.hpp"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "failure.hpp"

namespace phxload {
namespace {

// An address has some 28,000 ports, but finding a free one gets slow long before the last is taken.
constexpr std::uint32_t kConnectionsPerAddress = 10'000;
constexpr timeval kConnectTimeout{.tv_sec = 10, .tv_usec = 0};

template <typename Value>
void set_option(int fd, int level, int name, const Value& value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

sockaddr_in address_of(in_addr host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr = host;
  return address;
}

std::string why_not_connected(const std::string& host, int port, std::uint32_t number) {
  const std::string server = host + ":" + std::to_string(port);
  const std::string which = "connection " + std::to_string(number + 1) + " to " + server;
  switch (errno) {
    case ECONNREFUSED:
      return "nobody listens on " + server + " (connection " + std::to_string(number + 1) + " refused)";
    case EINPROGRESS:
    case ETIMEDOUT:
      return which + " was not accepted within 10 s";
    case EADDRNOTAVAIL:
      return which + ": no local port is free (see net.ipv4.ip_local_port_range)";
    default:
      return which + ": " + std::strerror(errno);
  }
}

}  // namespace

Connection::Flushed Connection::flush() {
  std::size_t sent = 0;
  Flushed result = Flushed::kAll;
  while (sent < out.size()) {
    const ssize_t n = ::send(fd(), out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) {
      result = errno == EAGAIN ? Flushed::kPart : Flushed::kBroken;
      break;
    }
    sent += static_cast<std::size_t>(n);
  }
  out.erase(0, sent);
  return result;
}

std::string_view Connection::receive(std::span<char> buffer, bool& open) {
  const ssize_t n = ::recv(fd(), buffer.data(), buffer.size(), 0);
  open = n > 0 || (n < 0 && errno == EAGAIN);
  const std::string_view fresh(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  if (kept_.empty()) return fresh;
  kept_ += fresh;
  return kept_;
}

void Connection::keep(std::string_view rest) {
  if (kept_.empty()) {
    kept_ = rest;
  } else {
    kept_.erase(0, kept_.size() - rest.size());
  }
}

Descriptor connect_to(const std::string& host, int port, std::uint32_t number) {
  in_addr server{};
  if (::inet_pton(AF_INET, host.c_str(), &server) != 1) {
    throw Failure{Failure::kSetup, "--host needs an IPv4 address, not '" + host + "'"};
  }
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) throw Failure{Failure::kSetup, why_not_connected(host, port, number)};
  const int fd = socket.get();

  const bool loopback = ntohl(server.s_addr) >> 24 == 127;
  if (loopback) {
    // The port is chosen by connect(), per destination: ports of earlier runs in TIME_WAIT are not in the way.
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const sockaddr_in source = address_of({htonl(INADDR_LOOPBACK + number / kConnectionsPerAddress)}, 0);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) {
      throw Failure{Failure::kSetup, why_not_connected(host, port, number)};
    }
  }
  set_option(fd, SOL_SOCKET, SO_SNDTIMEO, kConnectTimeout);
  const sockaddr_in destination = address_of(server, port);
  int failed = 0;
  do {
    failed = ::connect(fd, reinterpret_cast<const sockaddr*>(&destination), sizeof destination);
  } while (failed != 0 && errno == EINTR);  // A process that was stopped and continued asks again.
  if (failed != 0 && errno != EISCONN) throw Failure{Failure::kSetup, why_not_connected(host, port, number)};
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return socket;
}

}  // namespace phxload
