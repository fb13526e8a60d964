// Connections and channels that are connected and joined again after failures and requests.
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "daemon_test.hpp"

namespace suzaku::daemon {
namespace {

TEST_F(DaemonTest, a_connection_is_made_again_with_the_current_secret_of_its_file) {
  std::ofstream(scratch.file("secret")) << "first-one";
  replace(yaml, "one: {url: \"${URL}\", channels: [room:1]",
          "one: {url: \"${URL}\", channels: [{topic: room:1, params: {token: \"file:${FOLDER}secret\"}}]");
  start();
  await_joined("one", 1);
  await_in("all", "first-one");
  const auto connects = connection("one").at("metrics").at("connects");
  std::ofstream(scratch.file("secret"), std::ios::trunc).close();  // as if the next secret was being written
  const Json crash{{"command", "push"}, {"connection", "one"}, {"topic", "room:1"}, {"event", "crash"}};
  ask(crash);
  real::await([&] {
    return std::string(connection("one").at("channels").at(0).at("last_error").as_string()).find("it is empty") !=
           std::string::npos;
  });
  std::ofstream(scratch.file("secret")) << "second-one";
  await_joined("one", 1);
  await_in("all", "second-one");
  EXPECT_EQ(connection("one").at("metrics").at("connects"), connects);
}

TEST_F(DaemonTest, a_reload_does_not_touch_a_connection_whose_secret_file_has_changed) {
  std::ofstream(scratch.file("secret")) << "first-one";
  replace(yaml, "one: {url: \"${URL}\"", "one: {url: \"${URL}\", auth_token: \"file:${FOLDER}secret\"");
  start();
  await_joined("one", 1);
  const Json before = connection("one");
  std::ofstream(scratch.file("secret")) << "second-one";
  const auto changes = daemon->reload();
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_EQ(changes->changed, std::vector<std::string>());
  EXPECT_EQ(connection("one").at("since"), before.at("since"));
}

TEST_F(DaemonTest, channels_joined_and_left_by_request_stay_so_after_failures_of_the_connection) {
  replace(yaml, "one: {url: \"${URL}\", channels: [room:1]", "one: {url: \"${URL}\", channels: [room:1, room:2]");
  start();
  await_joined("one", 2);
  const auto ask_channel = [this](const char* command, const char* topic) {
    return ask({{"command", command}, {"connection", "one"}, {"topic", topic}}).at("ok");
  };
  EXPECT_EQ(ask_channel("leave", "room:2"), true);
  EXPECT_EQ(ask_channel("join", "room:3"), true);
  const auto port = server->port();
  server->kill();
  real::await([&] { return connection("one").at("attempt").to_number<int>() > 12; });  // the library's limit is 10
  server = std::make_unique<real::ServerProcess>(port);
  await_joined("one", 2);
  EXPECT_EQ(connection("one").at("channels").at(0).at("topic"), "room:1");
  EXPECT_EQ(connection("one").at("channels").at(1).at("topic"), "room:3");
  EXPECT_EQ(connection("one").at("restarts"), 0);
}

TEST_F(DaemonTest, a_connection_that_is_refused_is_tried_until_its_token_file_holds_a_good_one) {
  std::ofstream(scratch.file("secret")) << "bad";
  replace(yaml, "one: {url: \"${URL}\"", "one: {url: \"${URL}\", params: {token: \"file:${FOLDER}secret\"}");
  start();
  real::await([&] { return connection("one").at("attempt").to_number<int>() > 5; });
  EXPECT_NE(std::string(connection("one").at("last_error").as_string()).find("403"), std::string::npos);
  EXPECT_TRUE(connection("one").at("next_attempt_at").is_string());
  std::ofstream(scratch.file("secret")) << "good";
  await_joined("one", 1);
  EXPECT_EQ(connection("one").at("restarts"), 0);
}

TEST_F(DaemonTest, a_channel_that_the_server_closes_is_joined_again_and_one_that_was_left_is_not) {
  start();
  await_joined("one", 1);
  const auto joins = connection("one").at("metrics").at("joins").to_number<int>();
  ask({{"command", "push"}, {"connection", "one"}, {"topic", "room:1"}, {"event", "stop"}});
  real::await([&] { return connection("one").at("metrics").at("joins").to_number<int>() > joins; });
  await_joined("one", 1);
  await_in("all", "the server has closed the channel; it is joined again in ");
  EXPECT_EQ(ask({{"command", "leave"}, {"connection", "one"}, {"topic", "room:1"}}).at("ok"), true);
  real::await([&] { return connection("one").at("channels") == JsonArray(); });
}

}  // namespace
}  // namespace suzaku::daemon
