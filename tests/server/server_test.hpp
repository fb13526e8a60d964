#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <suzaku/server.hpp>

#include "scripted_channel.hpp"
#include "support/client.hpp"

namespace suzaku::test {

/// Where ServerTest's socket is asked for a WebSocket.
inline const std::string kTarget = "/socket/websocket?vsn=2.0.0";

inline constexpr std::size_t kMegabyte = 1 << 20;

/// Options of a server for tests: on the loopback, at a port of the system's choice, with two loops.
server::EndpointOptions options();

/// Throws std::runtime_error when it cannot start.
void start(server::Endpoint& endpoint);

/// What handlers on the loops saw, for the test to look at. Any thread.
class Notes {
 public:
  void add(std::string note) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(note));
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return notes_;
  }
  /// Waits until there are as many, then compares.
  void expect(const std::vector<std::string>& expected) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> notes_;
};

std::string name_of(server::TerminateReason reason);

/// A server with one socket at /socket, whose channels room:* follow `script`. Change script and options before
/// serve().
class ServerTest : public testing::Test {
 protected:
  /// Starts the server. More sockets, handlers and channels may be mounted in `more`.
  void serve(const std::function<void(server::Endpoint&)>& more = {});
  server::Endpoint& endpoint() { return *endpoint_; }
  std::uint16_t port() const { return endpoint_->port(); }
  WebSocketClient connect(const std::string& target = kTarget, const WebSocketClient::Headers& headers = {}) {
    return WebSocketClient(port(), target, headers);
  }
  /// A client that has joined.
  WebSocketClient joined(std::string_view topic, const std::string& target = kTarget) {
    WebSocketClient client = connect(target);
    client.join(topic);
    return client;
  }

  /// Ends the server before anything that its handlers use is destroyed: they may use what the test class owns, but
  /// nothing on the stack of a test that they might touch when connections end.
  void TearDown() override { endpoint_.reset(); }

  Notes notes;
  Script script;
  server::EndpointOptions endpoint_options = options();
  server::SocketOptions socket_options;
  server::SocketFactory socket_factory = [] { return std::make_unique<server::UserSocket>(); };
  server::ChannelOptions channel_options;

 private:
  std::unique_ptr<server::Endpoint> endpoint_;
};

/// The JSON of the next frame.
Json next_json(WebSocketClient& client);
inline Json json(std::string_view text) {
  return boost::json::parse(boost::json::string_view(text.data(), text.size()));
}

/// Sends a heartbeat and expects its reply as the very next frame: nothing else was on its way.
void expect_nothing_waits(WebSocketClient& client);

/// Waits until the condition holds; a failed expectation when it does not in time.
void await(const std::function<bool()>& condition, std::string_view what);

/// Clients that have joined `topic` and of which not all are served by the same loop. The script must be the default
/// one, but for a join() that answers thread().
std::vector<WebSocketClient> on_two_loops(std::uint16_t port, const std::string& topic, std::size_t at_least = 2);
/// A join response that tells the thread, for on_two_loops().
server::JoinResult answer_thread();

#define EXPECT_FRAME(client, text) EXPECT_EQ(suzaku::test::next_json(client), suzaku::test::json(text))

}  // namespace suzaku::test
