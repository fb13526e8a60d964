#include "server/mount.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "http/query.hpp"

namespace suzaku::server {
namespace {

std::optional<Mount::Variables> match(const Mount& mount, std::string_view path) {
  return mount.match(http::path_segments(path));
}

Mount at(std::string_view path, SocketOptions options = {}) {
  return {path, {}, std::move(options)};
}

TEST(Mount, is_found_at_its_path_and_the_transport) {
  const Mount mount = at("/socket");
  for (const auto* path : {"/socket/websocket", "/socket/websocket/", "//socket//websocket", "/%73ocket/websocket"})
    EXPECT_TRUE(match(mount, path)) << path;
  for (const auto* path :
       {"/", "/socket", "/websocket", "/socket/websocket/x", "/x/socket/websocket", "/Socket/websocket"})
    EXPECT_FALSE(match(mount, path)) << path;
}

TEST(Mount, may_have_another_path_for_the_transport) {
  SocketOptions options;
  options.path = "/ws/v2";
  const Mount mount = at("/live", options);
  EXPECT_TRUE(match(mount, "/live/ws/v2"));
  EXPECT_FALSE(match(mount, "/live/websocket"));
  options.path = "/";
  EXPECT_TRUE(match(at("/live", options), "/live"));
}

TEST(Mount, gives_the_variables_of_both_parts_of_the_path) {
  SocketOptions options;
  options.path = "/:kind/websocket";
  const auto variables = match(at("/socket/:tenant", options), "/socket/a%20b/chat/websocket");
  ASSERT_TRUE(variables);
  EXPECT_EQ(*variables, (Mount::Variables{{"tenant", "a b"}, {"kind", "chat"}}));
}

TEST(Mount, refuses_options_that_make_no_sense) {
  SocketOptions options;
  options.path = "";
  EXPECT_THROW(at("", options), std::invalid_argument);
  options = {};
  options.max_channels = 0;
  EXPECT_THROW(at("/socket", options), std::invalid_argument);
  options = {};
  options.max_frame_size = 0;
  EXPECT_THROW(at("/socket", options), std::invalid_argument);
  options = {};
  options.idle_timeout = std::chrono::milliseconds(0);
  EXPECT_THROW(at("/socket", options), std::invalid_argument);
}

}  // namespace
}  // namespace suzaku::server
