// A test of channels, outside of the source tree.
#include <suzaku/server.hpp>
#include <suzaku/server_testing.hpp>

struct EchoChannel : suzaku::server::Channel {
  JoinResult join(std::string_view, const Payload&) override { return ok(); }
  HandleResult handle_in(std::string_view, const Payload& payload) override { return reply_ok(payload); }
};

int main() {
  suzaku::server_testing::Server server;
  server.endpoint().socket("/socket").channel<EchoChannel>("room:*");
  server.connect().subscribe_and_join("room:1").push("echo", {{"n", 1}}).expect_reply("ok", {{"n", 1}});
  return 0;
}
