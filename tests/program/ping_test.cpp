// suzaku ping
#include <csignal>
#include <regex>

#include "falling_silent.hpp"
#include "program.hpp"

namespace suzaku::test {
namespace {

TEST(Ping, TellsHowLongEachAnswerTookAndSumsUp) {
  PhoenixServer server;
  const Ended ended = run({"ping", server.url(), "--count", "2", "--interval", "0.001"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.errors, "");
  const std::string number = "[0-9]+\\.[0-9]{3}";
  EXPECT_TRUE(std::regex_match(ended.output, std::regex("answer 1 after " + number + " ms\nanswer 2 after " + number +
                                                        " ms\n2 sent, 2 answered, min/avg/max " + number + "/" +
                                                        number + "/" + number + " ms\n")))
      << ended.output;
}

TEST(Ping, SpeaksJson) {
  PhoenixServer server;
  const Ended ended = run({"ping", server.url(), "--count", "2", "--interval", "0.001", "--json"});
  EXPECT_EQ(ended.code, 0);
  const auto lines = json_lines(ended.output);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].at("seq"), 1);
  EXPECT_GT(lines[1].at("ms").as_double(), 0);
  EXPECT_EQ(lines[2].at("sent"), 2);
  EXPECT_EQ(lines[2].at("answered"), 2);
  EXPECT_LE(lines[2].at("min_ms").as_double(), lines[2].at("avg_ms").as_double());
  EXPECT_LE(lines[2].at("avg_ms").as_double(), lines[2].at("max_ms").as_double());
}

TEST(Ping, GoesOnAfterOneThatWasNotAnsweredAndDoesNotEndWell) {
  const auto ping = [](const std::vector<std::string>& more) {
    const FallingSilent server(1);
    std::vector<std::string> arguments = {"ping", server.url(), "--count", "2", "--timeout", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = run(arguments);
    expect_failure(ended, 8, {"1 of 2 heartbeats had no answer in time", "--timeout SECONDS waits longer"});
    return ended.output;
  };
  const std::string text = ping({});
  EXPECT_EQ(text.rfind("no answer 1 in time\nanswer 2 after ", 0), 0U) << text;
  EXPECT_CONTAINS(text, "\n2 sent, 1 answered, min/avg/max ");
  const std::string json = ping({"--json"});
  EXPECT_EQ(json.rfind("{\"seq\":1,\"ms\":null}\n{\"seq\":2,\"ms\":", 0), 0U) << json;
}

TEST(Ping, SumsUpOnCtrlC) {
  PhoenixServer server;
  Child ping({"ping", server.url()});
  ping.output_until("answer 1 after");
  ping.signal(SIGINT);
  EXPECT_EQ(ping.exit_code(), 0);
  EXPECT_CONTAINS(ping.output(), "1 sent, 1 answered, min/avg/max ");
}

TEST(Ping, SumsUpWhenTheConnectionIsLost) {
  PhoenixServer server;
  Child ping({"ping", server.url(), "--interval", "0.01"});
  ping.output_until("answer 1 after");
  server.kill();
  EXPECT_EQ(ping.exit_code(), 9);
  EXPECT_CONTAINS(ping.output(), " answered, min/avg/max ");
  EXPECT_EQ(count_of("suzaku: ", ping.errors()), 1U) << ping.errors();
}

TEST(Ping, GoesOnAfterTheServerHasComeBackWithRetry) {
  auto server = std::make_unique<PhoenixServer>();
  const std::uint16_t port = server->port();
  Child ping({"ping", server->url(), "--retry", "--interval", "60"});
  ping.output_until("answer 1 after");
  server->kill();
  ping.errors_until("trying again in");
  server = std::make_unique<PhoenixServer>(port);
  ping.errors_until("connected again");
  ping.output_until("answer 2 after");
  ping.signal(SIGINT);
  EXPECT_EQ(ping.exit_code(), 0);
}

}  // namespace
}  // namespace suzaku::test
