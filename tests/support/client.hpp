#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ws/decoder.hpp"
#include "ws/deflate.hpp"
#include "ws/opcode.hpp"

namespace suzaku::test {

/// A blocking TCP client over a real socket. Every wait ends: at the latest after kPatience, as a failure.
class TcpClient {
 public:
  static constexpr std::chrono::seconds kPatience{20};

  explicit TcpClient(std::uint16_t port, const std::string& host = "127.0.0.1");
  ~TcpClient();
  TcpClient(TcpClient&& other) noexcept;
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  void write(std::string_view bytes);
  /// What has come, at least one byte; nothing when the server has closed. Throws std::runtime_error after `patience`.
  std::string read_some(std::chrono::milliseconds patience = kPatience);
  /// Everything until the server closes.
  std::string read_to_end();
  /// Everything up to and with `mark`.
  std::string read_until(std::string_view mark);
  /// True when nothing comes for that long.
  bool stays_silent(std::chrono::milliseconds time);
  void shutdown_write();
  /// Closes with a reset instead of a farewell.
  void reset();
  int descriptor() const noexcept { return socket_; }

 private:
  bool await_readable(std::chrono::milliseconds patience);
  int socket_ = -1;
  std::string unread_;
};

/// What a WebSocket client saw.
struct Received {
  enum class Kind { text, binary, ping, pong, close, eof };
  Kind kind = Kind::eof;
  std::string payload;
  std::uint16_t close_code = 0;
};

/// A WebSocket client that says what it is told to, right or wrong.
class WebSocketClient {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  /// Sends the upgrade request and reads the answer.
  WebSocketClient(std::uint16_t port, const std::string& target = "/socket/websocket?vsn=2.0.0",
                  const Headers& more = {});

  int status() const noexcept { return status_; }
  const std::string& head() const noexcept { return head_; }  // of the answer
  std::string body();                                         // of a refusal
  std::optional<std::string> header(std::string_view name) const;

  void text(std::string_view message);
  void binary(std::string_view message);
  void frame(ws::Opcode opcode, std::string_view payload);
  void close(std::optional<std::uint16_t> code);
  void raw(std::string_view bytes) { tcp_.write(bytes); }

  /// The next frame; throws std::runtime_error when none comes in time.
  Received next(std::chrono::milliseconds patience = TcpClient::kPatience);
  /// The next frame, which must be text.
  std::string next_text();
  /// The code of the close frame that must come next.
  std::uint16_t next_close();
  TcpClient& tcp() noexcept { return tcp_; }

  // Phoenix, V2.
  void push(std::string_view join_ref, std::string_view ref, std::string_view topic, std::string_view event,
            std::string_view payload = "{}");
  /// Joins with ref and join_ref "1" and takes the ok reply.
  void join(std::string_view topic);

 private:
  TcpClient tcp_;
  std::string head_;
  int status_ = 0;
  ws::Decoder decoder_;
  ws::Inflater inflater_;
  std::string input_;
};

}  // namespace suzaku::test
