#include "bridge/supervisor_test.hpp"

#include <stdexcept>

namespace suzaku::bridge {
namespace {

class Supervisor : public SupervisorTest {};

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
  EXPECT_EQ(supervisor.start_connection(options()).error().code, ErrorCode::exists);
  EXPECT_EQ(supervisor.start_connection(options("No name")).error().code, ErrorCode::invalid);
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
  auto given = options();
  given.auto_join_channels = {{.topic = "room:1"}};
  start(given);
  refuse();
  EXPECT_EQ(types(), Types{"connection.failed"});
  server.advance(24h);
  server.refute_attempt();
  EXPECT_EQ(supervisor.connection_status("backend"), Status::disconnected);
  const Json health = supervisor.connection_health("backend");
  EXPECT_EQ(health.at("given_up"), true);
  EXPECT_EQ(health.at("restarts"), 0);
  EXPECT_EQ(health.at("channels").at(0).at("topic"), "room:1");
  EXPECT_EQ(health.at("channels").at(0).at("last_error"), health.at("last_error"));
  EXPECT_NE(health.at("last_error"), "");

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
    server.refute_attempt();  // a connection that stop_connection() ended is not restarted
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
  const auto published = signals();
  ASSERT_GE(published.size(), 2u);
  EXPECT_TRUE(published[published.size() - 2]->type.ends_with("connection.failed"));
  EXPECT_EQ(reason_of(*published[published.size() - 2]), "a handler has thrown: a bug");
  EXPECT_TRUE(published.back()->type.ends_with("connection.reconnecting"));
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
