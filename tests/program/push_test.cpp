// suzaku push
#include <csignal>
#include <memory>

#include "falling_silent.hpp"
#include "program.hpp"

namespace suzaku::test {
namespace {

std::vector<std::string> push(const PhoenixServer& server, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"push", server.url(), "room:lobby"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Push, PrintsTheReplyItWaitsFor) {
  PhoenixServer server;
  const Ended ended = run(push(server, {"echo", R"({"id":12345678901234567890})", "--wait"}));
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.errors, "");
  EXPECT_CONTAINS(ended.output, R"({"status":"ok","response":{"id":12345678901234567890},"ms":)");
  EXPECT_GT(json_lines(ended.output).at(0).at("ms").as_double(), 0);
}

TEST(Push, SaysNothingWithoutWaitingButHasReachedTheServer) {
  PhoenixServer server;
  Child listener({"listen", server.url(), "room:lobby", "--count", "1"});
  listener.errors_until("joined");
  const Ended ended = run(push(server, {"shout", R"({"n":1})"}));
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.output + ended.errors, "");
  EXPECT_EQ(listener.exit_code(), 0);
}

TEST(Push, DoesNotEndWellWithoutWaitingWhenTheServerTakesNothing) {
  PhoenixServer server;
  Child pusher(push(server, {"shout", "-", "--wire", "--timeout", "1.5"}));
  pusher.errors_until("phx_reply");
  server.child().stop();
  pusher.type("{}\n");
  pusher.end_input();
  EXPECT_EQ(pusher.exit_code(), 8);
}

TEST(Push, DoesNotEndWellWithoutWaitingWhenTheServerLivesButAnswersNothing) {
  const FallingSilent server(1'000);
  expect_failure(run({"push", server.url(), "room:lobby", "shout", "--timeout", "1"}), 8,
                 {"not known whether the server has got every push of shout", "--timeout TIME", "--retry"});
}

TEST(Push, AsksAgainWithRetryWhenTheServerLivesButAnswersNothing) {
  const FallingSilent server(1);
  const Ended ended = run({"push", server.url(), "room:lobby", "shout", "--timeout", "1", "--retry"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.errors, "suzaku: the server did not answer a heartbeat in time; asking again\n");
}

TEST(Push, DoesNotEndWellWhenItIsNotKnownWhetherTheServerHasGotAll) {
  auto server = std::make_unique<PhoenixServer>();
  const std::uint16_t port = server->port();
  Child pusher(push(*server, {"noreply", "-", "--retry", "--wire"}));
  pusher.type("{\"n\":1}\n");
  pusher.errors_until(R"("noreply",{"n":1}])");
  server->kill();
  pusher.errors_until("trying again in");
  server = std::make_unique<PhoenixServer>(port);
  pusher.errors_until("connected again");
  pusher.type("{\"n\":2}\n");
  pusher.end_input();
  EXPECT_EQ(pusher.exit_code(), 9);
  EXPECT_CONTAINS(pusher.errors(), "1 push of noreply had been sent: it is not known whether the server has got that");
}

TEST(Push, EndsWellWhenTheConnectionIsLostAfterTheServerHasAnswered) {
  auto server = std::make_unique<PhoenixServer>();
  const std::uint16_t port = server->port();
  Child pusher(push(*server, {"echo", "-", "--retry", "--wire"}));
  pusher.type("{\"n\":1}\n");
  pusher.errors_until(R"("response":{"n":1})");
  server->kill();
  pusher.errors_until("trying again in");
  server = std::make_unique<PhoenixServer>(port);
  pusher.end_input();
  EXPECT_EQ(pusher.exit_code(), 0);
}

TEST(Push, SendsAnEmptyObjectWithoutPayload) {
  PhoenixServer server;
  EXPECT_CONTAINS(run(push(server, {"echo", "--wait"})).output, R"("response":{})");
}

TEST(Push, PushesEachLineOfTheInputAndPrintsTheRepliesInTheirOrder) {
  PhoenixServer server;
  std::string input;
  for (int i = 0; i < 1'000; ++i) input += "{\"n\":" + std::to_string(i) + "}\n";
  const Ended ended = run(push(server, {"echo", "-", "--wait"}), input + "\n{\"n\":1000}");
  EXPECT_EQ(ended.code, 0);
  const auto lines = json_lines(ended.output);
  ASSERT_EQ(lines.size(), 1'001U);
  for (int i = 0; i <= 1'000; ++i) EXPECT_EQ(lines[i].at("response").at("n"), i);
}

TEST(Push, SendsAllOfALongInputWithoutWaitingToo) {
  PhoenixServer server;
  Child listener({"listen", server.url(), "room:lobby", "--count", "5000"});
  listener.errors_until("joined");
  std::string input;
  for (int i = 0; i < 5'000; ++i) input += "{\"n\":" + std::to_string(i) + "}\n";
  EXPECT_EQ(run(push(server, {"shout_from", "-"}), input).code, 0);
  EXPECT_EQ(listener.exit_code(), 0);
}

TEST(Push, PushesALineWhenItComes) {
  PhoenixServer server;
  Child pusher(push(server, {"echo", "-", "--wait"}));
  pusher.type("{\"n\":1}\n");
  pusher.output_until("{\"n\":1}");
  pusher.type("{\"n\":2}\n");
  pusher.output_until("{\"n\":2}");
  pusher.end_input();
  EXPECT_EQ(pusher.exit_code(), 0);
}

TEST(Push, ReadsItsInputFromAFileToo) {
  PhoenixServer server;
  const Folder folder;
  const auto file = folder.write("lines", "{\"n\":1}\n{\"n\":2}\n");
  const std::string command =
      std::string(SUZAKU_PROGRAM) + " push " + server.url() + " room:lobby echo - --wait < " + file;
  Child shell({"-c", command}, {.program = "/bin/sh"});
  EXPECT_EQ(shell.exit_code(), 0);
  EXPECT_EQ(json_lines(shell.output()).size(), 2U);
}

TEST(Push, RefusesALineThatIsNoObjectButAnswersThoseBefore) {
  PhoenixServer server;
  const Ended ended = run(push(server, {"echo", "-", "--wait"}), "{}\n\n[1]\n{}\n");
  expect_failure(ended, 2, {"line 3 of the input: ", "expected a JSON object"});
  EXPECT_EQ(json_lines(ended.output).size(), 1U);
}

TEST(Push, RefusesAPayloadThatIsNoObject) {
  const auto with = [](const std::string& payload) {
    return run({"push", "ws://localhost:1/socket", "room:a", "e", payload});
  };
  expect_failure(with("{"), 2, {"PAYLOAD: ", "expected a JSON object"});
  expect_failure(with("[]"), 2, {"PAYLOAD: ", "expected a JSON object"});
}

TEST(Push, SendsTheBytesOfAFile) {
  PhoenixServer server;
  const Folder folder;
  const auto file = folder.write("bytes", std::string("\x00\x01\xff", 3));
  const Ended ended = run(push(server, {"bin", "--binary", file, "--wait"}));
  EXPECT_EQ(ended.code, 0);
  EXPECT_CONTAINS(ended.output, R"("response":{"binary":"AAH/"})");
  expect_failure(run(push(server, {"bin", "--binary", file, "--vsn", "1"})), 2, {"--vsn 1"});
  expect_failure(run(push(server, {"bin", "{}", "--binary", file})), 2, {"PAYLOAD and --binary"});
  expect_failure(run(push(server, {"bin", "--binary", folder.file("none")})), 1, {"none: No such file"});
}

TEST(Push, TellsOfAllRepliesAndOfTheFirstThatWasAnError) {
  PhoenixServer server;
  const Ended ended = run(push(server, {"echo_error", "-", "--wait"}), "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
  expect_failure(ended, 10, {"the push of echo_error failed", "\"error\" {\"n\":1}", "(and 2 more failed)"});
  EXPECT_EQ(count_of(R"({"status":"error","response":{"n":)", ended.output), 3U);
}

TEST(Push, GivesTheServersOwnStatus) {
  PhoenixServer server;
  const Ended ended = run(push(server, {"custom_status", R"({"a":1})", "--wait"}));
  expect_failure(ended, 10, {"\"weird\""});
  EXPECT_CONTAINS(ended.output, R"({"status":"weird","response":{"a":1})");
}

TEST(Push, SaysThatItWasInterrupted) {
  PhoenixServer server;
  Child pusher(push(server, {"noreply", "--wait", "--wire"}));
  pusher.errors_until("\"noreply\"");
  pusher.signal(SIGINT);
  EXPECT_EQ(pusher.exit_code(), 1);
  EXPECT_CONTAINS(pusher.errors(), "suzaku: interrupted");
}

TEST(Push, JoinsWithParams) {
  PhoenixServer server;
  Child pusher(push(server, {"ok_only", "--wire", "--join-param", "name=ann", "--join-param", "age:=7"}));
  EXPECT_EQ(pusher.exit_code(), 0);
  EXPECT_CONTAINS(pusher.errors(), R"("phx_join",{"name":"ann","age":7}])");
}

}  // namespace
}  // namespace suzaku::test
