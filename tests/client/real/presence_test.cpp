// A Presence that is destroyed while it calls back.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "real.hpp"
#include "served_phoenix.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

constexpr const char* kState = R"({"ann":{"metas":[{"phx_ref":"1"}]},"bob":{"metas":[{"phx_ref":"2"}]}})";
constexpr const char* kDiff =
    R"({"joins":{},"leaves":{"ann":{"metas":[{"phx_ref":"1"}]},"bob":{"metas":[{"phx_ref":"2"}]}}})";

class PresenceGone : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Within, PresenceGone, testing::Values("on_join", "on_leave", "on_sync"),
                         [](const auto& parameter) { return parameter.param; });

TEST_P(PresenceGone, calls_nothing_more) {
  test::ScriptedServer server([](test::ServedConnection& connection) {
    ServedPhoenix phoenix(connection);
    phoenix.answer();
    phoenix.tell("room:1", "presence_state", kState);
    phoenix.tell("room:1", "presence_diff", kDiff);
    phoenix.answer_all();
  });
  Socket socket(url_of(server.port()), quick_options());
  Channel room = socket.channel("room:1");
  auto presence = std::make_unique<Presence>(room);
  std::string story;  // of one thread, and then of ours
  const auto tell = [&](const std::string& what) {
    story += what + " ";
    if (what == GetParam()) presence.reset();
  };
  presence->on_join([&](std::string_view, const Json*, const Json&) { tell("on_join"); });
  presence->on_leave([&](std::string_view, const Json&, const Json&) { tell("on_leave"); });
  presence->on_sync([&] { tell("on_sync"); });
  room.join();
  const Push echo = room.push("echo");
  socket.connect();
  ok(echo);
  socket.disconnect().get();
  EXPECT_FALSE(presence);
  EXPECT_EQ(story, GetParam() == "on_join"    ? "on_join "
                   : GetParam() == "on_leave" ? "on_join on_join on_sync on_leave "
                                              : "on_join on_join on_sync ");
}

}  // namespace
}  // namespace suzaku::client::real
