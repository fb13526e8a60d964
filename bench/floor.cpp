// floor PORT: the least work that a server with the shape of Phoenix Channels can do. Bare epoll, one thread, naive
// parsing, no checks, no protocol state; a frame is built once, and what a loop turn writes to a connection goes out in
// one send. It is a speed to compare with, not a server: keep it as it is, or measurements of different days no longer
// compare.
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

struct Connection {
  int fd;
  bool upgraded = false;
  bool dirty = false;           // Has output of this turn.
  bool waits_to_write = false;  // Watched for room in its send buffer.
  std::string in;
  std::string out;
};

// One field of a V2 array, quotes included; `position` moves behind it. Escaped quotes are not expected.
std::string_view next_field(std::string_view message, std::size_t& position) {
  while (position < message.size() && (message[position] == ',' || message[position] == '[')) ++position;
  const std::size_t start = position;
  if (message[position] == '"') {
    position = message.find('"', position + 1) + 1;
  } else {
    while (message[position] != ',' && message[position] != ']') ++position;
  }
  return message.substr(start, position - start);
}

std::string text_frame(std::string_view payload) {
  std::string frame;
  const std::size_t size = payload.size();
  frame.push_back('\x81');
  if (size < 126) {
    frame.push_back(static_cast<char>(size));
  } else if (size < 65536) {
    frame.push_back(126);
    frame.push_back(static_cast<char>(size >> 8));
    frame.push_back(static_cast<char>(size));
  } else {
    frame.push_back(127);
    for (int i = 7; i >= 0; --i) frame.push_back(static_cast<char>(std::uint64_t{size} >> (8 * i)));
  }
  frame += payload;
  return frame;
}

std::string reply(std::string_view join_ref, std::string_view ref, std::string_view topic, std::string_view response) {
  std::string text = "[";
  text.append(join_ref).append(",").append(ref).append(",").append(topic);
  text.append(",\"phx_reply\",{\"status\":\"ok\",\"response\":").append(response).append("}]");
  return text_frame(text);
}

class Floor {
 public:
  explicit Floor(std::uint16_t port) : epoll_(::epoll_create1(0)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      std::perror("floor: bind");
      std::exit(1);
    }
    ::listen(listener_, 4096);
    ::fcntl(listener_, F_SETFL, O_NONBLOCK);
    watch(EPOLL_CTL_ADD, listener_, nullptr, EPOLLIN);
  }

  [[noreturn]] void run() {
    for (;;) {
      std::array<epoll_event, 512> events;
      const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)]);
      for (Connection* connection : dirty_) {
        connection->dirty = false;
        flush(*connection);
      }
      dirty_.clear();
    }
  }

 private:
  static constexpr int kOn = 1;

  void watch(int operation, int fd, Connection* connection, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = connection;
    ::epoll_ctl(epoll_, operation, fd, &event);
  }

  void handle(const epoll_event& event) {
    if (!event.data.ptr) return accept_all();
    auto* const connection = static_cast<Connection*>(event.data.ptr);
    if (event.events & EPOLLOUT) flush(*connection);
    if (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read(connection);
  }

  // The epoll set owns the connections: each is made here and deleted by drop().
  void accept_all() const {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn);
      auto connection = std::make_unique<Connection>(Connection{.fd = fd, .in = {}, .out = {}});
      watch(EPOLL_CTL_ADD, fd, connection.release(), EPOLLIN);
    }
  }

  void drop(Connection* connection) {
    const std::unique_ptr<Connection> owned(connection);
    for (auto& topic : topics_) std::erase(topic.second, connection);
    std::erase(dirty_, connection);
    ::close(connection->fd);
  }

  void read(Connection* connection) {
    const ssize_t size = ::recv(connection->fd, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) {
      if (size == 0 || errno != EAGAIN) drop(connection);
      return;
    }
    connection->in.append(buffer_.data(), static_cast<std::size_t>(size));
    std::size_t parsed = 0;
    if (!connection->upgraded) {
      const auto end = connection->in.find("\r\n\r\n");
      if (end == std::string::npos) return;
      connection->upgraded = true;
      parsed = end + 4;
      give(*connection,
           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    }
    while (const std::size_t frame = take_frame(*connection, parsed)) parsed += frame;
    connection->in.erase(0, parsed);
  }

  // Answers the frame at `offset` and returns its size; 0 while it is not complete.
  std::size_t take_frame(Connection& connection, std::size_t offset) {
    const std::size_t available = connection.in.size() - offset;
    if (available < 6) return 0;
    char* const frame = connection.in.data() + offset;
    const auto byte = [frame](std::size_t i) { return static_cast<std::uint8_t>(frame[i]); };
    std::size_t length = byte(1) & 127;
    std::size_t header = 2;
    if (length == 126) {
      if (available < 8) return 0;
      length = static_cast<std::size_t>(byte(2) << 8 | byte(3));
      header = 4;
    } else if (length == 127) {
      if (available < 14) return 0;
      length = 0;
      for (std::size_t i = 2; i < 10; ++i) length = length << 8 | byte(i);
      header = 10;
    }
    if (available < header + 4 + length) return 0;
    const char* const mask = frame + header;
    char* const payload = frame + header + 4;
    for (std::size_t i = 0; i < length; ++i) payload[i] ^= mask[i & 3];
    constexpr int kText = 1;
    if ((byte(0) & 15) == kText) answer(connection, {payload, length});
    return header + 4 + length;
  }

  void answer(Connection& connection, std::string_view message) {
    std::size_t position = 0;
    const auto join_ref = next_field(message, position);
    const auto ref = next_field(message, position);
    const auto topic = next_field(message, position);
    const auto event = next_field(message, position);
    const auto payload = message.substr(position + 1, message.size() - position - 2);
    if (event == "\"phx_join\"") {
      topics_[std::string(topic)].push_back(&connection);
      give(connection, reply(join_ref, ref, topic, "{}"));
    } else if (event == "\"echo\"") {
      give(connection, reply(join_ref, ref, topic, payload));
    } else if (event == "\"shout\"") {
      std::string text = "[null,null,";
      text.append(topic).append(",").append(event).append(",").append(payload).append("]");
      const std::string frame = text_frame(text);
      for (Connection* subscriber : topics_[std::string(topic)]) give(*subscriber, frame);
      give(connection, reply(join_ref, ref, topic, "{}"));
    }
  }

  void give(Connection& connection, const std::string& bytes) {
    connection.out += bytes;
    if (connection.dirty) return;
    connection.dirty = true;
    dirty_.push_back(&connection);
  }

  void flush(Connection& connection) const {
    while (!connection.out.empty()) {
      const ssize_t sent = ::send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      connection.out.erase(0, static_cast<std::size_t>(sent));
    }
    const bool waits = !connection.out.empty();
    if (waits == connection.waits_to_write) return;
    connection.waits_to_write = waits;
    watch(EPOLL_CTL_MOD, connection.fd, &connection, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  int epoll_;
  int listener_;
  std::unordered_map<std::string, std::vector<Connection*>> topics_;
  std::vector<Connection*> dirty_;
  std::array<char, 1 << 18> buffer_;
};

}  // namespace

int main(int argc, char** argv) {
  const int port = argc == 2 ? std::atoi(argv[1]) : 0;
  if (port < 1 || port > 65535) {
    std::fputs("usage: floor PORT\n", stderr);
    return 1;
  }
  const auto floor = std::make_unique<Floor>(static_cast<std::uint16_t>(port));
  std::printf("ready pid %d\n", ::getpid());
  std::fflush(stdout);
  floor->run();
}
