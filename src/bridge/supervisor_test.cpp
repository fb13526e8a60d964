#include <stdexcept>

#include "bridge/bridge_test.hpp"

namespace suzaku::bridge {
namespace {

class Supervisor : public BridgeTest {
 protected:
  /// As options(), but the supervisor knows the runtime.
  static ConnectionOptions options(std::string name = "backend", Restart restart = Restart::temporary) {
    ConnectionOptions options{.name = std::move(name), .uri = "ws://test/socket"};
    options.restart.restart = restart;
    return options;
  }
  void start(const ConnectionOptions& options) {
    const auto started = supervisor.start_connection(options);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server.run();
  }
  /// What ends a temporary connection at once.
  void refuse() { server.next_attempt().refuse(403); }

  ConnectionSupervisor supervisor{bus, {.runtime = server.runtime()}};
};

TEST_F(Supervisor, starts_lists_and_stops_connections) {
  start(options("one"));
  start(options("two"));
  EXPECT_EQ(supervisor.list_connections(), (Types{"one", "two"}));
  EXPECT_EQ(supervisor.connection_status("one"), Status::connecting);
  const kit::Connection wire = server.accept();
  server.accept();
  EXPECT_EQ(supervisor.connection_status("one"), Status::connected);
  EXPECT_EQ(supervisor.connection("one")->name(), "one");

  const client::Push stop = supervisor.stop_connection("one");
  wire.expect_close();
  EXPECT_TRUE(server.reply_of(stop).ok());
  EXPECT_EQ(supervisor.list_connections(), Types{"two"});
  EXPECT_EQ(supervisor.connection_status("one"), std::nullopt);
  EXPECT_EQ(supervisor.connection("one"), nullptr);
  EXPECT_TRUE(supervisor.connection_health("one").is_null());
  EXPECT_EQ(server.reply_of(supervisor.stop_connection("one")).outcome, Outcome::closed);
}

TEST_F(Supervisor, refuses_a_name_that_is_taken_and_options_that_are_wrong) {
  start(options());
  EXPECT_FALSE(supervisor.start_connection(options()).has_value());
  EXPECT_FALSE(supervisor.start_connection(options("No name")).has_value());
  EXPECT_EQ(supervisor.list_connections(), Types{"backend"});
  const client::Push stop = supervisor.stop_connection("backend");
  EXPECT_TRUE(server.reply_of(stop).ok());
  start(options());
}

TEST_F(Supervisor, starts_what_is_configured_or_nothing) {
  EXPECT_FALSE(supervisor.start_configured_connections({options("one"), options("one")}).has_value());
  EXPECT_FALSE(supervisor.start_configured_connections({options("one"), options("No name")}).has_value());
  EXPECT_EQ(supervisor.list_connections(), Types{});
  ASSERT_TRUE(supervisor.start_configured_connections({options("one"), options("two")}).has_value());
  EXPECT_EQ(supervisor.list_connections(), (Types{"one", "two"}));
  EXPECT_FALSE(supervisor.start_configured_connections({options("three"), options("two")}).has_value());
  EXPECT_EQ(supervisor.list_connections(), (Types{"one", "two"}));
}

TEST_F(Supervisor, gives_up_a_temporary_connection_that_has_failed) {
  start(options());
  refuse();
  EXPECT_EQ(types(), Types{"connection.failed"});
  server.advance(24h);
  server.refute_attempt();
  EXPECT_EQ(supervisor.connection_status("backend"), Status::disconnected);
  EXPECT_EQ(supervisor.connection_health("backend").at("given_up"), true);
  EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 0);

  start(options());  // the name is free
  server.accept();
  EXPECT_EQ(supervisor.connection_status("backend"), Status::connected);
  EXPECT_EQ(supervisor.connection_health("backend").at("given_up"), false);
}

TEST_F(Supervisor, starts_permanent_and_transient_ones_again_when_they_have_failed) {
  for (const auto restart : {Restart::permanent, Restart::transient}) {
    auto given = options("backend", restart);
    given.auto_join_channels = {{.topic = "room:auto"}};
    given.reconnect = false;
    start(given);
    const auto before = supervisor.connection("backend");
    const kit::Connection wire = accept({"room:auto"});
    before->join_channel("room:explicit");
    wire.expect_join("room:explicit").reply_ok();
    wire.lose();
    server.advance(1s);
    EXPECT_NE(supervisor.connection("backend"), before);
    const kit::Connection next = accept({"room:auto"});
    next.refute_join("room:explicit");
    EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 1);
    EXPECT_EQ(supervisor.connection_status("backend"), Status::connected);
    EXPECT_EQ(before->status(), Status::disconnected);

    const client::Push stop = supervisor.stop_connection("backend");
    next.expect_leave("room:auto").reply_ok();
    EXPECT_TRUE(server.reply_of(stop).ok());
    server.refute_attempt();  // stop_connection() is no end to be mended
  }
}

TEST_F(Supervisor, starts_only_permanent_ones_again_when_they_were_stopped) {
  start(options("permanent", Restart::permanent));
  start(options("transient", Restart::transient));
  start(options("temporary", Restart::temporary));
  for (int i = 0; i < 3; ++i) server.accept();
  for (const auto& name : supervisor.list_connections()) {
    const client::Push stop = supervisor.connection(name)->stop();
    EXPECT_TRUE(server.reply_of(stop).ok());
  }
  server.advance(1s);
  server.accept();
  server.refute_attempt();
  EXPECT_EQ(supervisor.list_connections(), Types{"permanent"});
}

TEST_F(Supervisor, keeps_trying_after_what_ends_a_temporary_connection) {
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

TEST_F(Supervisor, says_what_a_connection_waits_for) {
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

TEST_F(Supervisor, waits_ever_longer_to_restart_a_connection_until_one_was_stable) {
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

TEST_F(Supervisor, stops_a_connection_that_waits_for_its_restart) {
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

TEST_F(Supervisor, gives_up_one_whose_handler_throws_too_often_and_no_other) {
  start(options("healthy"));
  const kit::Connection healthy = server.accept();
  auto given = options("backend", Restart::permanent);
  given.socket.on_wire = [](const client::WireEvent& event) {
    if (event.kind == client::WireEvent::Kind::opened) throw std::runtime_error("a bug");
  };
  types();
  start(given);
  for (const auto delay : {1'000ms, 1'500ms, 2'250ms, 0ms}) {  // the first life, and three restarts within five seconds
    server.accept();
    server.advance(delay);
  }
  server.advance(24h);
  server.refute_attempt();
  std::vector<std::string> reasons;
  for (const auto& signal : signals())
    if (signal->type.ends_with("connection.failed")) reasons.emplace_back(reason_of(*signal));
  ASSERT_EQ(reasons.size(), 5u);
  EXPECT_TRUE(reasons[4].starts_with("it has ended more than 3 times within 5000 ms")) << reasons[4];
  EXPECT_EQ(supervisor.connection_health("backend").at("given_up"), true);
  EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 3);
  EXPECT_EQ(supervisor.connection_status("healthy"), Status::connected);
  EXPECT_TRUE(healthy.is_open());

  EXPECT_TRUE(server.reply_of(supervisor.stop_connection("backend")).ok());
  EXPECT_EQ(supervisor.list_connections(), Types{"healthy"});
}

TEST_F(Supervisor, leaves_the_last_word_to_a_custom_backoff) {
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

TEST_F(Supervisor, restarts_a_connection_whose_attempts_are_used_up) {
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

TEST_F(Supervisor, restarts_a_connection_whose_handler_has_crashed) {
  auto given = options("backend", Restart::transient);
  given.auto_join_channels = {{.topic = "room:1"}};
  given.socket.on_wire = [](const client::WireEvent& event) {
    if (event.text.find("boom") != std::string_view::npos) throw std::runtime_error("a bug");
  };
  start(given);
  const kit::Connection wire = accept({"room:1"});
  types();
  wire.push("room:1", "boom");
  const auto told = signals();
  ASSERT_GE(told.size(), 2u);
  EXPECT_TRUE(told[told.size() - 2]->type.ends_with("connection.failed"));
  EXPECT_EQ(reason_of(*told[told.size() - 2]), "a handler has thrown: a bug");
  EXPECT_TRUE(told.back()->type.ends_with("connection.reconnecting"));
  EXPECT_EQ(wire.expect_close().code, 1000);
  server.advance(1s);
  accept({"room:1"});
  EXPECT_EQ(supervisor.connection_status("backend"), Status::connected);
  EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 1);
}

TEST_F(Supervisor, restarts_a_connection_whose_subscriber_has_crashed) {
  auto given = options("backend", Restart::transient);
  given.auto_join_channels = {{.topic = "room:1"}};
  start(given);
  const kit::Connection wire = accept({"room:1"});
  auto fragile = bus.subscribe_type("suzaku.backend.**", {.on_waiting = [] { throw std::runtime_error("no room"); }});
  wire.push("room:1", "shout");
  server.advance(1s);
  EXPECT_EQ(supervisor.connection_health("backend").at("restarts"), 1);
  accept({"room:1"});
}

TEST_F(Supervisor, logs_what_a_subscriber_throws_when_a_connection_has_ended) {
  start(options("backend"));
  auto fragile = bus.subscribe_type("suzaku.connection.*", {.on_waiting = [] { throw std::runtime_error("no room"); }});
  testing::internal::CaptureStderr();
  refuse();
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_NE(logged.find("connection backend has ended, and a subscriber has thrown: no room"), std::string::npos);
  EXPECT_EQ(supervisor.connection_health("backend").at("given_up"), true);
}

TEST_F(Supervisor, stops_all_at_once) {
  EXPECT_TRUE(server.reply_of(supervisor.stop()).ok());
  start(options("one", Restart::permanent));
  start(options("two", Restart::permanent));
  start(options("given_up"));
  const kit::Connection one = server.accept();
  const kit::Connection two = server.accept();
  refuse();
  const client::Push stop = supervisor.stop();
  one.expect_close();
  two.expect_close();
  EXPECT_TRUE(server.reply_of(stop).ok());
  EXPECT_EQ(supervisor.list_connections(), Types{});
  server.refute_attempt();
}

TEST_F(Supervisor, stops_for_good_one_that_fails_while_it_is_stopped) {
  auto given = options("backend", Restart::permanent);
  given.auto_join_channels = {{.topic = "room:1"}};
  start(given);
  const kit::Connection wire = accept({"room:1"});
  const client::Push stop = supervisor.stop_connection("backend");
  wire.expect_leave("room:1");
  wire.lose();
  EXPECT_TRUE(server.reply_of(stop).ok());
  server.advance(1h);
  server.refute_attempt();
  EXPECT_EQ(supervisor.list_connections(), Types{});
}

}  // namespace
}  // namespace suzaku::bridge
