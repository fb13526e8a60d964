// The example of docs/guides/testing-a-client.md.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include <suzaku/client/socket.hpp>
#include <suzaku/client/testing.hpp>

namespace {

// clang-format off
// --- from here on it is the guide's ---
using namespace suzaku::client;
namespace kit = suzaku::client::testing;  // GoogleTest has a `testing` of its own
using namespace std::chrono_literals;

/// The program: says hello to each user who joins.
class Greeter {
 public:
  explicit Greeter(Socket& socket) : room_(socket.channel("room:lobby")) {
    room_.on("user_joined", [this](const Message& message) {
      room_.push("hello", {{"to", message.payload.json().at("name")}})
          .receive("ok", [this](const suzaku::Payload&) { ++greeted_; });
    });
    room_.join();
  }
  int greeted() const { return greeted_; }

 private:
  Channel room_;
  int greeted_ = 0;
};

TEST(Greeter, greets_everyone_who_joins_also_after_a_reconnect) {
  kit::Server server;
  Socket socket{"ws://test/socket", server.options()};
  Greeter greeter(socket);
  socket.connect();

  kit::Connection connection = server.accept();
  kit::Join room = connection.expect_join("room:lobby");
  room.reply_ok();
  room.push("user_joined", {{"name", "ann"}});
  connection.expect_push("room:lobby", "hello", {{"to", "ann"}}).reply_ok();
  EXPECT_EQ(greeter.greeted(), 1);

  connection.lose();
  server.advance(1s);  // the first delay of the backoff
  server.accept().expect_join("room:lobby").reply_ok();
}
// --- up to here ---
// clang-format on

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What stands between these two.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

TEST(TestingGuide, shows_the_example_that_was_run) {
  const auto here = std::filesystem::path(__FILE__);
  const auto guide = here.parent_path() / "../../../docs/guides/testing-a-client.md";
  const std::string example = between(text_of(here), "// --- from here on it is the guide's ---\n", "// --- up to");
  const std::string shown = between(text_of(guide), "#include <suzaku/client/testing.hpp>\n\n", "```");
  EXPECT_EQ(shown, example);
  EXPECT_NE(shown.find("Greeter"), std::string::npos);
}

}  // namespace
