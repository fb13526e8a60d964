// suzaku ping
#include <csignal>
#include <numeric>
#include <regex>
#include <vector>

#include "client/real/served_phoenix.hpp"
#include "falling_silent.hpp"
#include "program.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::test {
namespace {

/// The numbers of the heartbeats that are told, in order.
std::vector<std::size_t> numbers_of(const std::string& output) {
  const std::regex line("(^|\n)(no )?answer (\\d+)");
  std::vector<std::size_t> numbers;
  for (std::sregex_iterator at(output.begin(), output.end(), line), end; at != end; ++at)
    numbers.push_back(std::stoul((*at)[3]));
  return numbers;
}

/// The number of the last heartbeat that was answered.
std::size_t last_answer(const std::string& output) {
  const std::size_t at = output.rfind("\nanswer ");
  return at == std::string::npos ? 1 : std::stoul(output.substr(at + 8));
}

/// Every heartbeat is told, and counted once.
void expect_sum(const std::string& output) {
  std::vector<std::size_t> all(numbers_of(output).size());
  std::iota(all.begin(), all.end(), 1);
  EXPECT_EQ(numbers_of(output), all) << output;
  const std::size_t lost = count_of("no answer ", output);
  EXPECT_GE(lost, 1U);
  EXPECT_CONTAINS(output, "\n" + std::to_string(all.size()) + " sent, " + std::to_string(all.size() - lost) +
                              " answered, " + std::to_string(lost) + " lost, ");
}

TEST(Ping, TellsHowLongEachAnswerTookAndSumsUp) {
  PhoenixServer server;
  const Ended ended = run({"ping", server.url(), "--count", "2", "--interval", "0.001"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.errors, "");
  const std::string number = "[0-9]+\\.[0-9]{3}";
  EXPECT_TRUE(std::regex_match(ended.output, std::regex("answer 1 after " + number + " ms\nanswer 2 after " + number +
                                                        " ms\n2 sent, 2 answered, 0 lost, min/avg/max " + number + "/" +
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
  EXPECT_EQ(lines[2].at("lost"), 0);
  EXPECT_LE(lines[2].at("min_ms").as_double(), lines[2].at("avg_ms").as_double());
  EXPECT_LE(lines[2].at("avg_ms").as_double(), lines[2].at("max_ms").as_double());
}

TEST(Ping, GoesOnAfterOneThatWasNotAnsweredAndDoesNotEndWell) {
  const auto ping = [](const std::vector<std::string>& more) {
    const FallingSilent server(1);
    std::vector<std::string> arguments = {"ping", server.url(), "--count", "2", "--timeout", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = run(arguments);
    expect_failure(ended, 8, {"1 of 2 heartbeats had no answer", "--timeout TIME waits longer"});
    return ended.output;
  };
  const std::string text = ping({});
  EXPECT_EQ(text.rfind("no answer 1 in time\nanswer 2 after ", 0), 0U) << text;
  EXPECT_CONTAINS(text, "\n2 sent, 1 answered, 1 lost, min/avg/max ");
  const std::string json = ping({"--json"});
  EXPECT_EQ(json.rfind("{\"seq\":1,\"ms\":null}\n{\"seq\":2,\"ms\":", 0), 0U) << json;
}

TEST(Ping, GoesOnWhenTheServerHasBeenFrozenForLongerThanTheTimeout) {
  PhoenixServer server;
  Child ping({"ping", server.url(), "--timeout", "300ms", "--interval", "10ms"});
  ping.output_until("answer 1 after");
  server.child().stop();
  ping.output_until(" in time\n");
  server.child().signal(SIGCONT);
  const std::size_t before = last_answer(ping.output());
  while (last_answer(ping.output()) <= before) ping.next_output();
  ping.signal(SIGINT);
  EXPECT_EQ(ping.exit_code(), 8);
  expect_sum(ping.output());
  EXPECT_CONTAINS(ping.errors(), " had no answer; --timeout TIME waits longer");
}

TEST(Ping, TellsEachHeartbeatThatTheConnectionTookWithIt) {
  std::size_t clients = 0;
  const ScriptedServer server([&clients](ServedConnection& connection) {
    client::real::ServedPhoenix phoenix(connection);
    phoenix.answer();
    if (++clients < 3) {
      static_cast<void>(phoenix.websocket().next());  // the connection ends instead of an answer
    } else {
      phoenix.answer_all();
    }
  });
  const std::string url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/socket";
  const Ended ended = run({"ping", url, "--retry", "--interval", "1ms", "--count", "5"});
  EXPECT_EQ(ended.code, 8) << ended.errors;
  EXPECT_EQ(numbers_of(ended.output), (std::vector<std::size_t>{1, 2, 3, 4, 5})) << ended.output;
  for (const auto* line : {"\nno answer 2: the connection was lost\n", "\nno answer 4: the connection was lost\n"})
    EXPECT_CONTAINS(ended.output, line);
  EXPECT_CONTAINS(ended.output, "\n5 sent, 3 answered, 2 lost, min/avg/max ");
}

TEST(Ping, TellsTheHeartbeatThatTheConnectionTookWithItWithoutRetryToo) {
  const ScriptedServer server([](ServedConnection& connection) {
    client::real::ServedPhoenix phoenix(connection);
    phoenix.answer();
    static_cast<void>(phoenix.websocket().next());
  });
  const std::string url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/socket";
  const Ended ended = run({"ping", url, "--interval", "1ms", "--json"});
  EXPECT_EQ(ended.code, 9);
  const auto lines = json_lines(ended.output);
  ASSERT_EQ(lines.size(), 3U) << ended.output;
  EXPECT_EQ(lines[1], (Json{{"seq", 2}, {"ms", nullptr}}));
  EXPECT_EQ(lines[2].at("sent"), 2);
  EXPECT_EQ(lines[2].at("lost"), 1);
}

TEST(Ping, SumsUpOnCtrlC) {
  PhoenixServer server;
  Child ping({"ping", server.url()});
  ping.output_until("answer 1 after");
  ping.signal(SIGINT);
  EXPECT_EQ(ping.exit_code(), 0);
  EXPECT_CONTAINS(ping.output(), "1 sent, 1 answered, 0 lost, min/avg/max ");
}

TEST(Ping, SumsUpWhenTheConnectionIsLost) {
  PhoenixServer server;
  Child ping({"ping", server.url(), "--interval", "0.01"});
  ping.output_until("answer 1 after");
  server.kill();
  EXPECT_EQ(ping.exit_code(), 9);
  EXPECT_CONTAINS(ping.output(), " lost, min/avg/max ");
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
