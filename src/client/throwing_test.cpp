#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include <suzaku/client/presence.hpp>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Throwing : public ClientTest {
 protected:
  Throwing() {
    socket.on_callback_error([this](std::exception_ptr, std::string_view where) { ++thrown[std::string(where)]; });
  }
  /// A callback that throws.
  static auto bad() {
    return [](const auto&...) { throw std::runtime_error("oops"); };
  }
  /// One of the same kind that comes after it.
  auto good(const std::string& kind) {
    calls[kind] = 0;
    return [this, kind](const auto&...) { ++calls[kind]; };
  }

  std::map<std::string, int> calls;
  std::map<std::string, std::size_t> thrown;
};

TEST_F(Throwing, in_any_callback_harms_no_other) {
  socket.on_open(bad());
  socket.on_open(good("on_open"));
  socket.on_close(bad());
  socket.on_close(good("on_close of the socket"));
  socket.on_reconnect(bad());
  socket.on_reconnect(good("on_reconnect"));
  socket.on_give_up(bad());
  socket.on_give_up(good("on_give_up"));
  socket.on_message(bad());
  socket.on_message(good("on_message"));
  Channel room = socket.channel("room:1");
  for (const char* event : {"news", "*"}) {
    room.on(event, bad());
    room.on(event, good(event));
  }
  room.on_join(bad());
  room.on_join(good("on_join"));
  room.on_error(bad());
  room.on_error(good("on_error"));
  room.on_gap(bad());
  room.on_gap(good("on_gap"));
  room.on_close(bad());
  room.on_close(good("on_close of the channel"));

  room.join().then(bad()).then(good("then")).receive("ok", bad()).receive("ok", good("receive"));
  testing::Connection connection = connect();
  connection.expect_join("room:1").reply_ok();
  connection.push("room:1", "news");
  connection.lose();
  server.advance(1s);
  connection = server.accept();
  connection.expect_join("room:1").reply_ok();
  connection.close_channel("room:1");
  connection.close(1008);
  for (const auto& [kind, count] : calls) EXPECT_GE(count, 1) << kind;
  std::size_t errors = 0;
  for (const auto& [where, count] : thrown) errors += count;
  EXPECT_EQ(socket.metrics().callback_errors, errors);
  EXPECT_GE(thrown.size(), 10u) << "each says where";
}

TEST_F(Throwing, of_presences_harms_no_other) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  Presence presence(room);
  presence.on_join(bad());
  presence.on_leave(bad());
  presence.on_sync(good("sync"));
  connection.push("room:1", "presence_state", Payload::from_text(R"({"ann": {"metas": [{"phx_ref": "1"}]}})"));
  connection.push("room:1", "presence_state", Payload::from_text("{}"));
  EXPECT_EQ(calls["sync"], 2);
  EXPECT_EQ(thrown["presence"], 2u);
  EXPECT_EQ(presence.size(), 0u);
}

TEST_F(Throwing, in_functions_that_are_asked_is_a_failure_like_others) {
  const auto oops = [](const auto&) -> bool { throw std::runtime_error("oops"); };
  const auto no_delay = [](const Retry&) -> std::optional<std::chrono::milliseconds> {
    throw std::runtime_error("oops");
  };
  int attempts = 0;
  Socket other{"ws://test/socket",
               server.options({.params = [&](const ConnectAttempt&) -> Result<Payload> {
                                 if (++attempts == 1) throw std::runtime_error("no params today");
                                 return Payload{};
                               },
                               .reconnect = {.backoff = CustomBackoff(no_delay)},
                               .rejoin = {.backoff = CustomBackoff(no_delay), .retry_refused = oops},
                               .on_wire = oops})};
  other.on_callback_error([this](std::exception_ptr, std::string_view where) { ++thrown[std::string(where)]; });
  std::string why;
  other.on_reconnect([&](const Socket::Reconnecting& next) { why = next.reason.message; });
  Channel room = other.channel("room:1");
  room.join(1h);
  other.connect();
  server.advance(30s);
  EXPECT_NE(why.find("no params today"), why.npos) << why;
  const testing::Connection connection = server.accept();
  connection.expect_join("room:1").reply_error();
  server.advance(1s);
  connection.expect_join("room:1").reply_ok();
  EXPECT_EQ(room.state(), Channel::State::joined);
  for (const char* where : {"reconnect.backoff", "rejoin.backoff", "retry_refused", "on_wire"})
    EXPECT_GE(thrown[where], 1u) << where;
}

TEST_F(Throwing, in_the_callback_for_it_is_written_down_and_no_more) {
  Socket other{"ws://test/socket", server.options()};
  other.on_callback_error([](std::exception_ptr, std::string_view) { throw std::runtime_error("again"); });
  other.on_open(bad());
  other.connect();
  ::testing::internal::CaptureStderr();
  server.accept();
  const std::string written = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(written.find("on_open"), written.npos) << written;
  EXPECT_TRUE(other.is_connected());
}

}  // namespace
}  // namespace suzaku::client
