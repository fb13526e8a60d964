// When a supervisor starts a connection again, and when it gives up.
#include <stdexcept>
#include <string>
#include <vector>

#include "bridge/supervisor_test.hpp"

namespace suzaku::bridge {
namespace {

class SupervisorRestart : public SupervisorTest {
 protected:
  /// Options whose handler throws at each connection.
  static ConnectionOptions faulty() {
    auto given = options("backend", Restart::permanent);
    given.socket.on_wire = [](const client::WireEvent& event) {
      if (event.kind == client::WireEvent::Kind::opened) throw std::runtime_error("a bug");
    };
    return given;
  }
};

TEST_F(SupervisorRestart, keeps_trying_after_what_ends_a_temporary_connection) {
  for (const int status : {301, 401, 403, 404, 410, 426}) {
    auto given = options("backend", Restart::permanent);
    given.max_retries = 0;
    start(given);
    for (const auto delay : {1'000ms, 1'500ms, 2'250ms}) {
      server.next_attempt().refuse(status);
      server.advance(delay - 1ms);
      server.refute_attempt();
      server.advance(1ms);
    }
    server.accept().close(1008);
    server.advance(3'375ms);
    server.accept();
    EXPECT_EQ(supervisor.connection_status("backend"), Status::connected) << status;
    EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 0);
    EXPECT_TRUE((server.run(), server.reply_of(supervisor.stop_connection("backend")).ok()));
  }
  for (const auto& type : types()) EXPECT_NE(type, "connection.failed");
}

TEST_F(SupervisorRestart, says_what_a_connection_waits_for) {
  auto given = options("backend", Restart::permanent);
  given.max_retries = 2;
  start(given);
  server.next_attempt().refuse(404);
  for (int i = 0; i < 2; ++i) {  // the next attempt, then the restart
    const Json health = supervisor.connection_health("backend");
    EXPECT_EQ(supervisor.connection_status("backend"), Status::connecting);
    EXPECT_EQ(health.at("status"), "connecting");
    EXPECT_EQ(health.at("attempt"), 1);
    EXPECT_TRUE(health.at("next_attempt_at").is_string()) << health;
    EXPECT_NE(std::string(health.at("last_error").as_string()).find("404"), std::string::npos) << health;
    server.advance(1s);
    if (i == 0) server.next_attempt().refuse(404);
  }
  EXPECT_EQ(types(), (Types{"connection.reconnecting", "connection.failed", "connection.reconnecting"}));
  server.accept();
  EXPECT_TRUE(supervisor.connection_health("backend").at("next_attempt_at").is_null());
  EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 1);
}

TEST_F(SupervisorRestart, waits_ever_longer_to_restart_a_connection_until_one_was_stable) {
  auto given = options("backend", Restart::transient);
  given.reconnect = false;
  given.backoff = client::ListBackoff{.delays = {1s, 2s, 4s}, .jitter = 0};
  start(given);
  const auto expect_restart_after = [&](std::chrono::milliseconds delay) {
    server.advance(delay - 1ms);
    server.refute_attempt();
    server.advance(1ms);
  };
  for (const auto delay : {1s, 2s, 4s, 4s}) {
    const kit::Connection wire = server.accept();
    server.advance(9s);
    wire.lose();
    expect_restart_after(delay);
  }
  const kit::Connection stable = server.accept();
  server.advance(10s);
  stable.lose();
  expect_restart_after(1s);
  for (int i = 0; i < 100; ++i) {
    server.accept().lose();
    server.advance(4s);
  }
  server.accept();
  EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 105);
  EXPECT_EQ(supervisor.connection_health("backend").at("given_up"), false);
}

TEST_F(SupervisorRestart, stops_a_connection_that_waits_for_its_restart) {
  auto given = options("backend", Restart::permanent);
  given.reconnect = false;
  start(given);
  server.accept().lose();
  server.run();
  EXPECT_FALSE(supervisor.start_connection(given).has_value());
  EXPECT_TRUE(server.reply_of(supervisor.stop_connection("backend")).ok());
  EXPECT_EQ(supervisor.list_connections(), Types{});
  start(given);
  const kit::Connection wire = server.accept();
  server.advance(1h);
  server.refute_attempt();
  EXPECT_TRUE(wire.is_open());
}

TEST_F(SupervisorRestart, gives_up_one_whose_handler_throws_too_often_and_no_other) {
  start(options("healthy"));
  const kit::Connection healthy = server.accept();
  types();
  auto given = faulty();
  given.auto_join_channels = {{.topic = "room:1"}};
  start(given);
  for (const auto delay : {1'000ms, 1'500ms, 2'250ms, 0ms}) {  // the first life, and three restarts
    server.accept();
    server.advance(delay);
  }
  server.advance(24h);
  server.refute_attempt();
  std::vector<std::string> reasons;
  for (const auto& signal : signals())
    if (signal->type.ends_with("connection.failed")) reasons.emplace_back(reason_of(*signal));
  ASSERT_EQ(reasons.size(), 5u);
  EXPECT_TRUE(reasons[4].starts_with("it has ended more than 3 times within 60000 ms")) << reasons[4];
  const Json health = supervisor.connection_health("backend");
  EXPECT_EQ(health.at("given_up"), true);
  EXPECT_EQ(health.at("restarts"), 3);
  EXPECT_EQ(health.at("last_error"), Json(reasons[4]));
  EXPECT_EQ(health.at("channels"),
            Json(JsonArray{JsonObject{
                {"topic", "room:1"}, {"state", "errored"}, {"joined_at", nullptr}, {"last_error", Json(reasons[4])}}}));
  EXPECT_EQ(supervisor.connection_status("healthy"), Status::connected);
  EXPECT_TRUE(healthy.is_open());

  EXPECT_TRUE(server.reply_of(supervisor.stop_connection("backend")).ok());
  EXPECT_EQ(supervisor.list_connections(), Types{"healthy"});
}

TEST_F(SupervisorRestart, gives_up_one_whose_handler_always_throws_however_long_its_delays_are_by_chance) {
  const std::vector<std::vector<std::chrono::milliseconds>> extremes = {{750ms, 1'125ms, 1'688ms},
                                                                        {1'250ms, 1'875ms, 2'813ms}};
  for (const auto& delays : extremes) {  // of the default backoff, with random numbers of 0.0 and 1.0
    auto given = faulty();
    given.backoff = client::ListBackoff{.delays = delays, .jitter = 0};
    start(given);
    for (const auto delay : delays) {
      server.accept();
      server.advance(delay);
    }
    EXPECT_EQ(supervisor.connection_health("backend").at("given_up"), false);
    server.accept();
    server.run();
    EXPECT_EQ(supervisor.connection_health("backend").at("given_up"), true) << delays[0].count();
    EXPECT_TRUE(server.reply_of(supervisor.stop_connection("backend")).ok());
  }
}

TEST_F(SupervisorRestart, shows_the_channels_that_a_connection_will_join_after_it) {
  auto given = options("backend", Restart::permanent);
  given.reconnect = false;
  given.auto_join_channels = {{.topic = "room:1"}, {.topic = "room:2"}};
  start(given);
  accept({"room:1", "room:2"}).lose();
  server.run();
  const Json health = supervisor.connection_health("backend");
  ASSERT_EQ(health.at("channels").as_array().size(), 2u) << health;
  for (const Json& channel : health.at("channels").as_array()) {
    EXPECT_EQ(channel.at("state"), "errored");
    EXPECT_TRUE(channel.at("joined_at").is_null());
    EXPECT_EQ(channel.at("last_error"), health.at("last_error"));
  }
  EXPECT_NE(health.at("last_error"), "");
  EXPECT_EQ(health.at("channels").at(1).at("topic"), "room:2");
  server.advance(1s);
  accept({"room:1", "room:2"});
  EXPECT_TRUE(supervisor.connection_health("backend").at("channels").at(1).at("joined_at").is_string());
}

TEST_F(SupervisorRestart, leaves_the_last_word_to_a_custom_backoff) {
  auto given = options("backend", Restart::permanent);
  bool goes_on = true;
  given.backoff = client::CustomBackoff([&](const client::Retry&) -> std::optional<std::chrono::milliseconds> {
    return goes_on ? std::optional(1min) : std::nullopt;
  });
  given.max_retries = 1;
  start(given);
  server.next_attempt().refuse(404);
  server.advance(1min);
  goes_on = false;
  server.next_attempt().refuse(404);
  server.advance(24h);
  server.refute_attempt();
  EXPECT_EQ(supervisor.connection_health("backend").at("given_up"), true);
}

TEST_F(SupervisorRestart, restarts_a_connection_whose_attempts_are_used_up) {
  auto given = options("backend", Restart::permanent);
  given.max_retries = 2;
  given.backoff = client::ListBackoff{.delays = {2s}, .jitter = 0};
  start(given);
  for (int life = 0; life < 10; ++life) {
    server.next_attempt().refuse(503);
    server.advance(2s);
    server.next_attempt().refuse(503);
    server.advance(2s);
  }
  EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 10);
  server.accept();
  EXPECT_EQ(supervisor.connection_status("backend"), Status::connected);
}

}  // namespace
}  // namespace suzaku::bridge
