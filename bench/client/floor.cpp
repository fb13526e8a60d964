// client_floor PORT SECONDS: the round trips of client_echo with one push in flight, as bare as they can be: the same
// bytes, sent and received by blocking calls, and not looked at. What the machine itself takes for a round trip.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0)
      throw std::runtime_error("nobody listens on this port");
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends, and waits for the answer, which comes in one piece.
  std::size_t trip(const std::string& bytes) {
    if (::send(socket_, bytes.data(), bytes.size(), 0) < 0) throw std::runtime_error("cannot send");
    const ssize_t size = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) throw std::runtime_error("the server has closed the connection");
    return static_cast<std::size_t>(size);
  }

 private:
  int socket_;
  std::array<char, 4096> buffer_;
};

/// A text frame with a mask of zeros.
std::string frame(const std::string& text) {
  std::string bytes("\x81", 1);
  if (text.size() < 126) {
    bytes += static_cast<char>(0x80 | text.size());
  } else {
    bytes += {static_cast<char>(0xFE), static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 0xFF)};
  }
  return bytes + std::string(4, '\0') + text;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// How many round trips until then.
long echo_until(Connection& connection, Clock::time_point end) {
  static const std::string kPush = frame(R"(["1","2","room:echo","echo",{"text":")" + std::string(100, 'x') + R"("}])");
  long trips = 0;
  for (; Clock::now() < end; ++trips) connection.trip(kPush);
  return trips;
}

void measure(std::uint16_t port, std::chrono::duration<double> time) {
  Connection connection(port);
  connection.trip(
      "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
  connection.trip(frame(R"(["1","1","room:echo","phx_join",{}])"));
  const auto later = [](std::chrono::duration<double> after) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(after);
  };
  echo_until(connection, later(time / 4));  // to warm up
  const double cpu = cpu_seconds();
  const auto began = Clock::now();
  const long trips = echo_until(connection, later(time));
  const std::chrono::duration<double> took = Clock::now() - began;
  std::printf("{\"round_trips\":%ld,\"seconds\":%.4f,\"cpu_s\":%.4f}\n", trips, took.count(), cpu_seconds() - cpu);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: client_floor PORT SECONDS\n", stderr);
    return 2;
  }
  try {
    measure(static_cast<std::uint16_t>(std::atoi(argv[1])), std::chrono::duration<double>(std::atof(argv[2])));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "client_floor: %s\n", error.what());
    return 1;
  }
}
