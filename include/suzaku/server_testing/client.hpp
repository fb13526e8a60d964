#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>
#include <suzaku/server/request_info.hpp>
#include <suzaku/server_testing/channel.hpp>

namespace suzaku::server_testing {

class ClientImpl;
class ConnectingImpl;
class ServerImpl;

/// What a client says when it connects.
struct ConnectRequest {
  std::string path = "/socket/websocket";
  JsonObject params = {};  // strings and numbers; for others, put them into the path: "/socket/websocket?a[b]=1"
  server::HttpHeaders headers = {};
  std::optional<std::string> auth_token = {};  // phoenix.js's `authToken`
  int vsn = 2;                                 // the serializer: 1 or 2
  std::string peer_address = "127.0.0.1";
};

/// A client that is connected. A handle: copies are the same client.
class Client {
 public:
  /// Asks to join a topic. The answer is expected of what it returns.
  Join join(std::string_view topic, const Payload& params = {}) const;
  /// Server::subscribe() and a join, which must be accepted.
  Channel subscribe_and_join(std::string_view topic, const Payload& params = {}) const;

  /// Sends a message as it is, right or wrong: text in the serializer of the connection.
  void send_text(std::string_view message) const;
  void send_binary(std::string_view message) const;
  /// The next message that no other function has taken, as text; bytes as they are.
  std::string expect_frame() const;
  /// The same; nothing when there is none.
  std::optional<std::string> next_frame() const;
  /// Throws Failure when there is a message that was not expected yet.
  void expect_nothing() const;

  /// The client reads nothing: what the server sends waits for it, until read(). Then Channel::room() counts.
  void stop_reading() const;
  void read() const;
  /// Bytes that wait for the client.
  std::size_t waiting_bytes() const;

  /// The client goes away.
  void close() const;
  /// The server has closed the connection. Returns the close code.
  std::uint16_t expect_close() const;
  bool is_open() const noexcept;

 private:
  friend class Connecting;
  explicit Client(std::shared_ptr<ClientImpl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<ClientImpl> impl_;
};

/// A client that has asked to be let in.
class Connecting {
 public:
  Client expect_accepted() const;
  struct Refusal {
    int status;
    std::string body;
  };
  Refusal expect_refused() const;
  /// Throws Failure when there is an answer.
  void refute_answer() const;
  /// The client goes away without waiting for the answer.
  void cancel() const;

 private:
  friend class Server;
  explicit Connecting(std::shared_ptr<ConnectingImpl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<ConnectingImpl> impl_;
};

}  // namespace suzaku::server_testing
