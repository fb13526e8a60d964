#include "support/scripted_server.hpp"

#include <array>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include <netdb.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace suzaku::test {
namespace {

constexpr int kPatience = 20;  // seconds

int listen_on(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), "0", &hints, &found) != 0) throw std::runtime_error("not an address: " + host);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> guard(found, freeaddrinfo);
  const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(socket, found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket, 16) != 0) {
    ::close(socket);
    throw std::runtime_error("cannot listen on " + host);
  }
  return socket;
}

std::uint16_t port_of(int socket) {
  sockaddr_in6 address{};  // its port is where that of an IPv4 address is
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);
}

/// OpenSSL writes to closed connections with write(2).
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void run(const ScriptedServer::Script& script, int socket) {
  ServedConnection connection(socket);
  try {
    script(connection);
  } catch (const std::exception&) {
    return;  // the test sees that the connection has ended
  }
}

}  // namespace

ServedConnection::ServedConnection(int socket) : socket_(socket) {
  const timeval patience{.tv_sec = kPatience, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

ServedConnection::~ServedConnection() {
  if (socket_ >= 0) ::close(socket_);
}

std::string ServedConnection::read_some() {
  std::array<char, 64 * 1024> buffer;
  const auto got =
      tls_ ? SSL_read(tls_.get(), buffer.data(), buffer.size()) : ::recv(socket_, buffer.data(), buffer.size(), 0);
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
}

std::string ServedConnection::read_until(std::string_view mark) {
  std::string all;
  while (all.find(mark) == std::string::npos) {
    const std::string more = read_some();
    if (more.empty()) break;
    all += more;
  }
  return all;
}

std::string ServedConnection::read_to_end() {
  std::string all;
  for (std::string more = read_some(); !more.empty(); more = read_some()) all += more;
  return all;
}

void ServedConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the client has gone");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool ServedConnection::accept_tls(SSL_CTX* context) {
  tls_.reset(SSL_new(context), SSL_free);
  SSL_set_fd(tls_.get(), socket_);
  return SSL_accept(tls_.get()) == 1;
}

void ServedConnection::reset() {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(std::exchange(socket_, -1));
}

ScriptedServer::ScriptedServer(Script script, const std::string& host, Clients clients)
    : listener_(listen_on(host)),
      port_(port_of(listener_)),
      thread_([this, script = std::move(script), clients] { serve(script, clients); }) {}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
  thread_.join();
  ::close(listener_);
}

void ScriptedServer::serve(const Script& script, Clients clients) const {
  block_sigpipe();
  std::vector<std::jthread> threads;
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    if (clients == Clients::one_by_one) {
      run(script, socket);
    } else {
      threads.emplace_back([&script, socket] { run(script, socket); });
    }
  }
}

}  // namespace suzaku::test
