// bridge_flow SECONDS COMMAND...: how fast messages flow through a bridge. It is a Phoenix server to COMMAND, which
// finds it at the URL in SUZAKU_FLOW_URL and joins room:flow; it sends events with payloads of 200 bytes, and expects a
// line on COMMAND's standard output for each. No more are on their way than a bridge may keep waiting, so all must come
// out.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ws/frame.hpp"
#include "ws/frame_header.hpp"
#include "ws/handshake.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMostUnderway = 4'000;
constexpr std::size_t kPayloadSize = 200;
constexpr auto kPatience = std::chrono::seconds(20);

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

int listen_on_any_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(listener, 1) != 0)
    fail("cannot listen");
  return listener;
}

std::uint16_t port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

/// The program that is measured, with its standard output.
class Bridge {
 public:
  explicit Bridge(char** command) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot make a pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execvp(command[0], command);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
    ::fcntl(output_, F_SETPIPE_SZ, 1 << 20);
  }
  ~Bridge() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  int output() const noexcept { return output_; }

  double cpu_seconds() const {
    std::ifstream file("/proc/" + std::to_string(child_) + "/stat");
    const std::string stat{std::istreambuf_iterator<char>(file), {}};
    unsigned long user = 0;
    unsigned long system = 0;
    const auto after_name = stat.rfind(')');
    if (after_name == stat.npos ||
        std::sscanf(stat.c_str() + after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                    &system) != 2)
      fail("the bridge has ended");
    return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

 private:
  pid_t child_;
  int output_;
};

/// The connection of the bridge, joined to the channel.
class Channel {
 public:
  explicit Channel(int listener) {
    pollfd waiting{.fd = listener, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, std::chrono::milliseconds(kPatience).count()) != 1) fail("nobody connects");
    socket_ = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    upgrade();
    answer_join();
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
  }
  ~Channel() { ::close(socket_); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  int socket() const noexcept { return socket_; }

 private:
  void read_more() {
    std::array<char, 4096> bytes;
    const ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (size <= 0) fail("the bridge has closed its connection");
    in_.append(bytes.data(), static_cast<std::size_t>(size));
  }
  void say(std::string_view bytes) const {
    if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      fail("cannot send");
  }

  void upgrade() {
    while (in_.find("\r\n\r\n") == in_.npos) read_more();
    constexpr std::string_view kKey = "sec-websocket-key: ";
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    const auto key = std::search(in_.begin(), in_.end(), kKey.begin(), kKey.end(), same) + kKey.size();
    const std::string value(key, std::find(key, in_.end(), '\r'));
    in_.clear();
    say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
        suzaku::ws::accept_key(value) + "\r\n\r\n");
  }

  /// ["1","2","room:flow","phx_join",{}], which is short, and comes first.
  void answer_join() {
    while (in_.size() < 6 || in_.size() < 6 + std::size_t(in_[1] & 0x7F)) read_more();
    const std::size_t size = static_cast<std::size_t>(in_[1] & 0x7F);
    std::array<std::uint8_t, 4> mask{};
    std::memcpy(mask.data(), in_.data() + 2, mask.size());
    suzaku::ws::apply_mask({in_.data() + 6, size}, mask);
    const std::string join = in_.substr(6, size);
    const auto refs = join.find(",\"room:flow\",\"phx_join\"");
    if (refs == join.npos) fail("expected a join of room:flow, found " + join);
    say(std::string(
        suzaku::ws::make_frame(suzaku::ws::Opcode::text,
                               join.substr(0, refs) + R"(,"room:flow","phx_reply",{"status":"ok","response":{}}])")
            .view()));
  }

  int socket_;
  std::string in_;
};

/// Messages go in, lines come out.
class Flow {
 public:
  Flow(int socket, int output) : socket_(socket), output_(output) {
    const std::string event =
        R"([null,null,"room:flow","news",{"text":")" + std::string(kPayloadSize - 11, 'x') + R"("}])";
    const std::string frame(suzaku::ws::make_frame(suzaku::ws::Opcode::text, event).view());
    frame_size_ = frame.size();
    for (std::size_t i = 0; i < kMostUnderway; ++i) frames_ += frame;
  }

  std::uint64_t lines() const noexcept { return lines_; }

  void run_until(Clock::time_point end) {
    while (Clock::now() < end) step(true);
  }
  /// All that went in comes out.
  void finish() {
    while (unfinished() > 0 || lines_ * frame_size_ < sent_) step(false);
    if (lines_ * frame_size_ != sent_) fail("more lines than messages");
  }

 private:
  /// Of the frame that was begun.
  std::uint64_t unfinished() const noexcept { return (frame_size_ - sent_ % frame_size_) % frame_size_; }

  void step(bool sends) {
    const std::uint64_t room = sends ? kMostUnderway * frame_size_ - (sent_ - lines_ * frame_size_) : unfinished();
    std::array<pollfd, 2> ready = {
        {{.fd = output_, .events = POLLIN, .revents = 0},
         {.fd = socket_, .events = static_cast<short>(room > 0 ? POLLOUT : 0), .revents = 0}}};
    if (::poll(ready.data(), ready.size(), std::chrono::milliseconds(kPatience).count()) <= 0)
      fail("messages got lost: after " + std::to_string(sent_ / frame_size_) + " messages there were " +
           std::to_string(lines_) + " lines");
    if (ready[1].revents) send(room);
    if (ready[0].revents) receive();
  }

  void send(std::uint64_t room) {
    const std::size_t from = static_cast<std::size_t>(sent_ % frame_size_);
    const std::size_t most = std::min<std::size_t>(room, frames_.size() - from);
    const ssize_t size = ::send(socket_, frames_.data() + from, most, MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) fail("the bridge has closed its connection");
    if (size > 0) sent_ += static_cast<std::uint64_t>(size);
  }

  void receive() {
    const ssize_t size = ::read(output_, buffer_.data(), buffer_.size());
    if (size <= 0) fail("the bridge has ended");
    lines_ += static_cast<std::uint64_t>(std::count(buffer_.data(), buffer_.data() + size, '\n'));
  }

  int socket_;
  int output_;
  std::string frames_;  // many of the same
  std::size_t frame_size_;
  std::uint64_t sent_ = 0;  // bytes
  std::uint64_t lines_ = 0;
  std::array<char, 1 << 18> buffer_;
};

void measure(std::chrono::duration<double> time, char** command) {
  const int listener = listen_on_any_port();
  ::setenv("SUZAKU_FLOW_URL", ("ws://127.0.0.1:" + std::to_string(port_of(listener)) + "/socket").c_str(), 1);
  const Bridge bridge(command);
  const Channel channel(listener);
  Flow flow(channel.socket(), bridge.output());
  const auto later = [](std::chrono::duration<double> after) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(after);
  };
  flow.run_until(later(time / 4));  // to warm up
  const double cpu = bridge.cpu_seconds();
  const std::uint64_t lines = flow.lines();
  const auto began = Clock::now();
  flow.run_until(later(time));
  const std::chrono::duration<double> took = Clock::now() - began;
  const double used = bridge.cpu_seconds() - cpu;
  const std::uint64_t messages = flow.lines() - lines;
  flow.finish();
  std::printf("{\"messages\":%llu,\"seconds\":%.4f,\"cpu_s\":%.4f}\n", static_cast<unsigned long long>(messages),
              took.count(), used);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: bridge_flow SECONDS COMMAND...\n", stderr);
    return 2;
  }
  try {
    measure(std::chrono::duration<double>(std::atof(argv[1])), argv + 2);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bridge_flow: %s\n", error.what());
    return 1;
  }
}
