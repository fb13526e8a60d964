#include "support/client.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/received.hpp"
#include "ws/frame.hpp"

namespace suzaku::test {
namespace {

constexpr std::size_t kMaxTestMessage = 64'000'000;

std::string request(std::uint16_t port, const std::string& target, const WebSocketClient::Headers& more) {
  WebSocketClient::Headers headers = {{"Host", "localhost:" + std::to_string(port)},
                                      {"Connection", "Upgrade"},
                                      {"Upgrade", "websocket"},
                                      {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                      {"Sec-WebSocket-Version", "13"}};
  for (const auto& [name, value] : more) {
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
    if (value != "-") headers.emplace_back(name, value);  // "-" leaves a header out
  }
  std::string text = "GET " + target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  return text + "\r\n";
}

}  // namespace

TcpClient::TcpClient(std::uint16_t port, const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    throw std::runtime_error("no such host");
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> guard(found, freeaddrinfo);
  socket_ = ::socket(found->ai_family, SOCK_STREAM, 0);
  if (::connect(socket_, found->ai_addr, found->ai_addrlen) != 0) {
    const int why = errno;
    ::close(socket_);
    throw std::runtime_error(std::string("connect: ") + std::strerror(why));
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

TcpClient::~TcpClient() {
  if (socket_ >= 0) ::close(socket_);
}

TcpClient::TcpClient(TcpClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), unread_(std::move(other.unread_)) {}

void TcpClient::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error(std::string("send: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool TcpClient::await_readable(std::chrono::milliseconds patience) {
  pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, static_cast<int>(patience.count())) > 0;
}

std::string TcpClient::read_some(std::chrono::milliseconds patience) {
  if (!unread_.empty()) return std::exchange(unread_, {});
  if (!await_readable(patience)) throw std::runtime_error("nothing came from the server in time");
  std::string bytes(256 * 1024, '\0');
  const ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return bytes;
}

std::string TcpClient::read_to_end() {
  std::string all;
  for (std::string more = read_some(); !more.empty(); more = read_some()) all += more;
  return all;
}

std::string TcpClient::read_until(std::string_view mark) {
  std::string all;
  while (all.find(mark) == all.npos) {
    const std::string more = read_some();
    if (more.empty()) throw std::runtime_error("the server closed; it had sent: " + all);
    all += more;
  }
  const std::size_t end = all.find(mark) + mark.size();
  unread_ = all.substr(end);
  return all.substr(0, end);
}

bool TcpClient::stays_silent(std::chrono::milliseconds time) {
  return unread_.empty() && !await_readable(time);
}

void TcpClient::shutdown_write() {
  ::shutdown(socket_, SHUT_WR);
}

void TcpClient::reset() {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(std::exchange(socket_, -1));
}

WebSocketClient::WebSocketClient(std::uint16_t port, const std::string& target, const Headers& more)
    : tcp_(port), decoder_(ws::Role::client, kMaxTestMessage, true) {
  tcp_.write(request(port, target, more));
  head_ = tcp_.read_until("\r\n\r\n");
  status_ = std::stoi(head_.substr(9, 3));
}

std::optional<std::string> WebSocketClient::header(std::string_view name) const {
  std::string lower = head_;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto at = lower.find("\r\n" + std::string(name) + ": ");
  if (at == lower.npos) return std::nullopt;
  const auto begin = at + 4 + name.size();
  return head_.substr(begin, head_.find("\r\n", begin) - begin);
}

std::string WebSocketClient::body() {
  const auto length = std::stoul(header("content-length").value_or("0"));
  std::string body;
  while (body.size() < length) body += tcp_.read_some();
  return body;
}

void WebSocketClient::frame(ws::Opcode opcode, std::string_view payload) {
  tcp_.write(ws::make_masked_frame(opcode, payload, {0x1f, 0x2e, 0x3d, 0x4c}).view());
}
void WebSocketClient::text(std::string_view message) {
  frame(ws::Opcode::text, message);
}
void WebSocketClient::binary(std::string_view message) {
  frame(ws::Opcode::binary, message);
}
void WebSocketClient::close(std::optional<std::uint16_t> code) {
  std::string payload;
  if (code) payload = {static_cast<char>(*code >> 8), static_cast<char>(*code & 0xff)};
  frame(ws::Opcode::close, payload);
}

Received WebSocketClient::next(std::chrono::milliseconds patience) {
  while (true) {
    if (auto received = received_from(decoder_.next(&inflater_), "the server")) return *std::move(received);
    input_ = tcp_.read_some(patience);
    if (input_.empty()) return {};
    input_.reserve(input_.size() + ws::Decoder::kPadding);
    decoder_.feed(input_);
  }
}

std::string WebSocketClient::next_text() {
  Received received = next();
  if (received.kind != Received::Kind::text)
    throw std::runtime_error("expected a text frame, got kind " + std::to_string(static_cast<int>(received.kind)) +
                             ", code " + std::to_string(received.close_code));
  return std::move(received.payload);
}

std::uint16_t WebSocketClient::next_close() {
  const Received received = next();
  if (received.kind != Received::Kind::close)
    throw std::runtime_error("expected a close frame, got: " + received.payload);
  return received.close_code;
}

void WebSocketClient::push(std::string_view join_ref, std::string_view ref, std::string_view topic,
                           std::string_view event, std::string_view payload) {
  const auto quoted = [](std::string_view text) {
    return text == "null" ? std::string(text) : '"' + std::string(text) + '"';
  };
  text("[" + quoted(join_ref) + "," + quoted(ref) + "," + quoted(topic) + "," + quoted(event) + "," +
       std::string(payload) + "]");
}

void WebSocketClient::join(std::string_view topic) {
  push("1", "1", topic, "phx_join");
  const std::string reply = next_text();
  if (reply.find(R"("status":"ok")") == reply.npos) throw std::runtime_error("the join was refused: " + reply);
}

}  // namespace suzaku::test
