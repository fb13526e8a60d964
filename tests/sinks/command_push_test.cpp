// Pushes that a program asks for.
#include "sinks/command_sink.hpp"
#include "sinks_real.hpp"

namespace suzaku::sinks {
namespace {

constexpr auto kTimes = 1'000;

std::string pushes(const std::string& event, int times) {
  return R"(i=0; while test $i -lt )" + std::to_string(times) +
         R"(; do echo '{"push":{"connection":"backend","topic":"room:1","event":")" + event +
         R"(","payload":{"n":'$i'}}}'; i=$((i+1)); done)";
}

TEST_F(RealSinks, program_answers_each_line_with_a_push) {
  const real::ServerProcess server;
  start(options("backend", server, {{.topic = "room:1"}}));
  auto room = bus.subscribe("suzaku.backend.room_1");
  CommandSink sink("mirror",
                   {.command = {"sh", "-c",
                                R"(while read -r line; do echo '{"push":{"connection":"backend","topic":"room:1",)"
                                R"("event":"shout","payload":'"$line"'}}'; done)"}},
                   connections);
  const std::vector<signals::SignalPtr> batch = {message("room:2", "hello", {{"n", 1}}),
                                                 message("room:2", "hello", {{"n", 2}})};
  sink.take(batch);
  for (const auto& signal : batch) EXPECT_EQ(next(room, "shout")->data.raw(), signals::to_json_text(*signal));
  real::await([&] { return status(sink, "pushes") == 2; });
  EXPECT_EQ(status(sink, "push_errors"), 0);
}

TEST_F(RealSinks, many_pushes_of_a_program_arrive_in_their_order) {
  const real::ServerProcess server;
  start(options("backend", server, {{.topic = "room:1"}}));
  auto room = bus.subscribe("suzaku.backend.room_1", {.capacity = 10 * kTimes});
  CommandSink sink("mirror", {.command = {"sh", "-c", pushes("shout", kTimes) + "; cat"}}, connections);
  for (int i = 0; i < kTimes; ++i) {
    EXPECT_EQ(next(room, "shout")->data.raw(), R"({"n":)" + std::to_string(i) + "}");
  }
  EXPECT_EQ(status(sink, "pushes"), kTimes);
  EXPECT_EQ(status(sink, "push_errors"), 0);
}

TEST_F(RealSinks, pushes_of_a_program_that_the_server_refuses_are_counted) {
  const real::ServerProcess server;
  start(options("backend", server, {{.topic = "room:1"}}));
  CommandSink sink("mirror", {.command = {"sh", "-c", pushes("echo_error", 10) + "; cat"}}, connections);
  real::await([&] { return status(sink, "push_errors") == 10; });
  EXPECT_EQ(status(sink, "pushes"), 10);
}

TEST_F(RealSinks, program_cannot_push_reserved_events) {
  const real::ServerProcess server;
  start(options("backend", server, {{.topic = "room:1"}}));
  CommandSink sink("mirror", {.command = {"sh", "-c", pushes("phx_leave", 1) + "; cat"}}, connections);
  real::await([&] { return status(sink, "push_errors") == 1; });
  EXPECT_EQ(status(sink, "pushes"), 0);
  EXPECT_EQ(connections.connection("backend")->list_channels(), std::vector<std::string>{"room:1"});
}

TEST_F(RealSinks, the_last_output_of_a_program_is_pushed) {
  const real::ServerProcess server;
  start(options("backend", server, {{.topic = "room:1"}}));
  auto room = bus.subscribe("suzaku.backend.room_1");
  {
    CommandSink sink("mirror", {.command = {"sh", "-c", "cat > /dev/null; " + pushes("shout", 1)}}, connections);
  }
  EXPECT_EQ(next(room, "shout")->data.raw(), R"({"n":0})");
}

}  // namespace
}  // namespace suzaku::sinks
