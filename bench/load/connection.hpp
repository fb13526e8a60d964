#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace phxload {

/// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

/// One client: a socket, what waits to be sent, and the incomplete frame that was read last.
class Connection {
 public:
  enum class State : std::uint8_t { kUpgrading, kJoining, kJoined };
  enum class Flushed : std::uint8_t { kAll, kPart, kBroken };

  Connection(std::uint32_t id, Descriptor socket) noexcept : id(id), socket_(std::move(socket)) {}

  /// Hands `out` to the kernel, as far as it takes it.
  Flushed flush();

  /// Reads once into `buffer`. Gives all bytes not yet parsed, those kept by keep() first. They stay valid until
  /// keep(). `open` turns false when the peer closed or the connection broke.
  std::string_view receive(std::span<char> buffer, bool& open);

  /// Ends what receive() began: `rest` is the tail of its bytes that is no whole frame yet.
  void keep(std::string_view rest);

  int fd() const noexcept { return socket_.get(); }

  std::uint32_t id;
  State state = State::kUpgrading;
  bool wants_write = false;    ///< Watched for room in its send buffer.
  std::uint64_t last_ref = 0;  ///< The ref of the latest message sent.
  std::string out;

 private:
  Descriptor socket_;
  std::string kept_;
};

/// Connects to an IPv4 address, in non-blocking mode afterwards. The `number`th connection chooses the source address:
/// every 10,000 take another of 127.0.0.0/8, when the server is there too.
/// Throws Failure saying what to do about it.
Descriptor connect_to(const std::string& host, int port, std::uint32_t number);

}  // namespace phxload
