#include "bridge/bridge_test.hpp"

namespace suzaku::bridge {
namespace {

ConnectionOptions good(std::string name = "backend_1") {
  return {.name = std::move(name), .uri = "ws://test/socket"};
}
std::string complaint(const ConnectionOptions& options) {
  const auto result = check(options);
  return result ? "" : result.error().message;
}

TEST(ConnectionOptions, that_are_good_are_good) {
  EXPECT_EQ(complaint(good()), "");
}

TEST(ConnectionOptions, name_what_is_wrong) {
  for (const auto* name : {"", "Backend", "back-end", "back.end", "back end", "backénd", "connection", "channel"}) {
    EXPECT_TRUE(complaint(good(name)).starts_with("name is \"")) << name;
  }
  auto options = good();
  options.uri = "ftp://test";
  EXPECT_TRUE(complaint(options).starts_with("uri: ")) << complaint(options);

  options = good();
  options.auto_join_channels = {{.topic = "room:1"}, {.topic = ""}};
  EXPECT_TRUE(complaint(options).starts_with("auto_join_channels ")) << complaint(options);
  options.auto_join_channels = {{.topic = "room:1"}, {.topic = "room:1"}};
  EXPECT_NE(complaint(options).find("twice"), std::string::npos) << complaint(options);

  options = good();
  options.rejoin_after = {};
  EXPECT_TRUE(complaint(options).starts_with("rejoin.backoff")) << complaint(options);

  options = good();
  options.heartbeat_interval = -1ms;
  EXPECT_TRUE(complaint(options).starts_with("heartbeat_interval")) << complaint(options);

  options = good();
  options.stop_deadline = -1ms;
  EXPECT_TRUE(complaint(options).starts_with("stop_deadline")) << complaint(options);

  options = good();
  options.socket.dispatcher = [](const std::function<void()>&) {};
  EXPECT_TRUE(complaint(options).starts_with("socket.dispatcher")) << complaint(options);
}

TEST(ConnectionOptions, of_one_program_have_different_names) {
  EXPECT_TRUE(check(std::vector{good("a"), good("b")}).has_value());
  const auto result = check(std::vector{good("a"), good("b"), good("a")});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::invalid);
  EXPECT_NE(result.error().message.find("\"a\""), std::string::npos);
}

TEST_F(BridgeTest, a_connection_with_bad_options_throws) {
  EXPECT_THROW(Connection(bus, {.name = "Bad", .uri = "ws://test/socket"}), std::invalid_argument);
}

TEST_F(BridgeTest, headers_params_and_token_are_shown_to_the_server) {
  auto given = options();
  given.headers = {{"X-API-Key", "secret"}};
  given.params = {{"user_id", "123"}};
  given.auth_token = "token";
  const Connection connection(bus, given);
  const kit::Attempt attempt = (server.run(), server.next_attempt());
  EXPECT_EQ(attempt.headers().at(0).name, "X-API-Key");
  EXPECT_EQ(attempt.headers().at(0).value, "secret");
  EXPECT_EQ(attempt.params().at("user_id"), "123");
  EXPECT_EQ(attempt.auth_token(), "token");
}

TEST_F(BridgeTest, heartbeats_come_at_the_interval) {
  auto given = options();
  given.heartbeat_interval = 7s;
  const Connection connection(bus, given);
  const kit::Connection wire = server.accept();
  wire.answer_heartbeats(false);
  server.advance(7s - 1ms);
  wire.expect_nothing();
  server.advance(1ms);
  wire.expect_heartbeat().reply_ok();
}

}  // namespace
}  // namespace suzaku::bridge
