#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <suzaku/client/options.hpp>
#include <suzaku/client/push.hpp>
#include <suzaku/client/reply.hpp>
#include <suzaku/client/runtime.hpp>
#include <suzaku/client/testing/attempt.hpp>
#include <suzaku/client/testing/connection.hpp>
#include <suzaku/client/testing/failure.hpp>

namespace suzaku::client::testing {

class ServerImpl;

struct ServerOptions {
  /// Connections answer the client's heartbeats by themselves.
  bool answer_heartbeats = true;
  /// For the client's jitter. Without it there is none: delays are exactly what the options say.
  std::optional<std::uint64_t> seed = {};
  /// How long, by a real clock, functions that expect something wait for other threads of the program.
  std::chrono::milliseconds patience{0};
};

/// A server that is played by the test, and the time and the thread that the client lives in. The client is the real
/// one, serializers included; it runs within the functions of this class and its handles, on the thread that calls
/// them, and at no other moment. Time stands still but for advance().
///
///     testing::Server server;
///     Socket socket{"ws://test/socket", server.options()};
///     Channel room = socket.channel("room:1");
///     Push join = room.join();
///     socket.connect();
///
///     testing::Connection connection = server.accept();
///     connection.expect_join("room:1").reply_ok({{"members", 3}});
///     assert(join.try_get()->ok());
///
///     connection.lose();
///     server.advance(1s);  // the client waits before it connects again
///     server.accept().expect_join("room:1");
///
/// All functions, those of the handles included, belong to the thread that made the server; others throw
/// std::logic_error. The client's own functions may be called from any thread. A Push::get() on the server's thread
/// throws instead of waiting for ever: see reply_of(). When the server is destroyed its sockets come to a halt, and
/// their new operations end with Outcome::closed.
class Server {
 public:
  explicit Server(ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// For SocketOptions::runtime.
  Runtime runtime() const;
  /// These options, with our runtime.
  SocketOptions options(SocketOptions options = {}) const;

  /// The oldest attempt to connect that has not been answered or looked at. Throws Failure when there is none.
  Attempt next_attempt();
  /// The same, accepted.
  Connection accept();
  /// Throws Failure when there is an attempt that was not looked at.
  void refute_attempt();

  /// How the operation has ended. Throws Failure when it has not, with all that is to be done now being done.
  Reply reply_of(const Push& push);

  /// Lets the client do what is to be done now. Throws Failure when that never ends. Within a callback of the client's
  /// it does nothing: what is to be done will be done after it.
  void run();
  /// Lets time pass, from one timer to the next.
  void advance(std::chrono::nanoseconds time);
  /// Time that has passed since the server was made.
  std::chrono::nanoseconds now() const;

  /// All that happened, for a person to read; failures contain it, too.
  std::string story() const;

 private:
  std::shared_ptr<ServerImpl> impl_;
};

}  // namespace suzaku::client::testing
