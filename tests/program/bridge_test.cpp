// `suzaku bridge` as a process: its configuration, its ends and its control socket.
#include <atomic>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <boost/algorithm/string/replace.hpp>
#include <unistd.h>

#include "bridge_program.hpp"
#include "support/http_receiver.hpp"

namespace suzaku::test {
namespace {

TEST_F(BridgeProgram, PrintsSignalsAndEndsWell) {
  Child bridge = start(kConfiguration);
  bridge.output_until("suzaku.channel.joined");
  const Ended pushed = ctl({"push", "chat", "room:1", "shout", R"({"n": 1})"});
  EXPECT_EQ(pushed.code, 0) << pushed.errors;
  EXPECT_EQ(pushed.output, "{\"status\":\"ok\",\"response\":{}}\n");
  bridge.output_until(R"("data":{"n":1})");
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.exit_code(), 0);
  EXPECT_CONTAINS(bridge.output(), "suzaku.channel.left");
  for (const Json& line : json_lines(bridge.output())) EXPECT_EQ(line.at("specversion"), "1.0");
  EXPECT_FALSE(std::filesystem::exists(control));
}

TEST_F(BridgeProgram, SaysEveryMistakeOfItsConfiguration) {
  Child bridge = start("connections:\n  chat: {urk: ws://localhost}\nagents:\n  a: {sink: printer}\n");
  EXPECT_EQ(bridge.exit_code(), 1);
  EXPECT_CONTAINS(bridge.errors(), "bridge.yaml:2:10: ");
  EXPECT_CONTAINS(bridge.errors(), "did you mean");
  EXPECT_CONTAINS(bridge.errors(), "bridge.yaml:4:13: ");
}

TEST_F(BridgeProgram, NeedsAConfiguration) {
  expect_failure(run({"bridge"}), 2, {"name a configuration", "--config FILE"});
  expect_failure(run({"bridge", "--config", folder.file("none")}), 1, {"cannot read", "none"});
  expect_failure(run({"bridge", "--confog", "x"}), 2, {"did you mean --config"});
}

TEST_F(BridgeProgram, ASecondOneOnTheSameSocketIsRefused) {
  Child bridge = start(kConfiguration);
  await_connected(bridge);
  Child second = start(kConfiguration);
  EXPECT_EQ(second.exit_code(), 1);
  EXPECT_CONTAINS(second.errors(), "another bridge answers there");
  EXPECT_EQ(second.output(), "");
  EXPECT_EQ(ctl({"status"}).code, 0);
}

TEST_F(BridgeProgram, ControlFailsWhenItsAnswerCannotBeWritten) {
  Child bridge = start(kConfiguration);
  await_connected(bridge);
  const std::string command = std::string("exec ") + SUZAKU_PROGRAM + " bridge ctl --socket " + control;
  Child ctl({"-c", command + " status >/dev/full"}, {.program = "/bin/sh"});
  EXPECT_EQ(ctl.exit_code(), 1);
  EXPECT_CONTAINS(ctl.errors(), "cannot write to standard output: No space left on device");
}

TEST_F(BridgeProgram, ShowsWhatAWebhookHasParkedAndSendsItAgainWhenItIsTold) {
  std::atomic<bool> is_mended{false};
  HttpReceiver receiver([&](const http::Request& request) {
    const bool is_bad = request.body.find("poison") != std::string::npos;
    return HttpReceiver::status(is_bad && !is_mended ? 500 : 200);
  });
  std::string yaml = kConfiguration;
  boost::replace_first(yaml, "routes:",
                       "  hook: {sink: webhook, url: \"" + receiver.url() +
                           "\", spool: hook.db, max_attempts: 2, retry: {first: 1ms, max: 1ms}}\nroutes:");
  yaml += "  - {from: suzaku.chat.*.shout, to: hook}\n";
  const auto parked_is = [&](const char* count) {
    const std::string row = std::string("hook +webhook +running +[0-9]+ +0 +") + count + " +0 ";
    while (!std::regex_search(ctl({"status"}).output, std::regex(row))) continue;
  };
  {
    Child bridge = start(yaml);
    await_connected(bridge);
    for (const auto* const text : {"poison", "bread"})
      EXPECT_EQ(ctl({"push", "chat", "room:1", "shout", std::string(R"({"text": ")") + text + "\"}"}).code, 0);
    parked_is("1");
    bridge.signal(SIGKILL);
    bridge.exit_code();
  }
  Child bridge = start(yaml);
  await_connected(bridge);
  parked_is("1");
  is_mended = true;
  const Ended retried = ctl({"webhook", "retry", "hook"});
  EXPECT_EQ(retried.code, 0) << retried.errors;
  EXPECT_EQ(retried.output, "{\"retried\":1}\n");
  parked_is("0");
  expect_failure(ctl({"webhook", "retry", "print"}), 1, {"is no webhook, or does not run"});
  expect_failure(ctl({"webhook", "shout", "hook"}), 1, {"expected retry or drop"});
  expect_failure(ctl({"webhook", "retry"}), 2, {"expected suzaku bridge ctl webhook retry|drop AGENT"});
}

TEST_F(BridgeProgram, StartsAfterOneThatWasKilled) {
  {
    Child killed = start(kConfiguration);
    await_connected(killed);
    killed.signal(SIGKILL);
    killed.exit_code();
  }
  Child bridge = start(kConfiguration);
  await_connected(bridge);
}

TEST_F(BridgeProgram, TellsTheLogWhatHappensToConnections) {
  Child bridge = start(kConfiguration);
  bridge.errors_until("connection chat: connected");
  EXPECT_EQ(ctl({"join", "chat", "room:forbidden"}).code, 7);
  bridge.errors_until("connection chat: channel room:forbidden: ");
  EXPECT_CONTAINS(ctl({"status", "--json"}).output, "unauthorized");
  server.kill();
  bridge.errors_until("connection chat: tries again in ");
  EXPECT_CONTAINS(bridge.errors_until("(attempt 2)"), "connection chat: disconnected: ");
}

TEST_F(BridgeProgram, ShowsWhyAChannelIsNotJoined) {
  std::string yaml = kConfiguration;
  boost::replace_first(yaml, "[room:1]", "[room:1, room:forbidden]");
  Child bridge = start(yaml);
  bridge.errors_until("it listens to `ctl`");
  const std::regex row(R"(chat +connected +\S+ +1 of 2 joined +room:forbidden: .*"reason":"unauthorized")");
  while (!std::regex_search(ctl({"status"}).output, row)) continue;
}

TEST_F(BridgeProgram, NeverSaysASecret) {
  Child bridge = start(std::string(kConfiguration) + "log: {level: debug}\n");
  await_connected(bridge);
  const Ended status = ctl({"status", "--json"});
  server.kill();
  bridge.output_until("suzaku.connection.reconnecting");
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.exit_code(), 0);
  EXPECT_LACKS(status.output, "hush-hush");
  EXPECT_LACKS(bridge.output(), "hush-hush");
  EXPECT_LACKS(bridge.errors(), "hush-hush");
}

TEST_F(BridgeProgram, HidesSecretsThatTheServerRepeats) {
  Child bridge = start(kConfiguration);
  await_connected(bridge);
  const Ended echo = ctl({"push", "chat", "room:1", "echo", R"({"you said": "hush-hush"})"});
  EXPECT_CONTAINS(echo.output, R"({"you said":"[redacted]"})");
}

TEST_F(BridgeProgram, ControlPrintsNoControlCharactersThatTheServerSends) {
  Child bridge = start(kConfiguration);
  await_connected(bridge);
  const std::string text = "\x7f \u009b2J";
  const Ended echo = ctl({"push", "chat", "room:1", "echo", "{\"text\": \"" + text + "\"}"});
  EXPECT_EQ(echo.output, R"({"status":"ok","response":{"text":"\u007f \u009b2J"}})"
                         "\n");
  EXPECT_EQ(json_lines(echo.output).at(0).at("response").at("text").as_string(), std::string_view(text));
}

TEST_F(BridgeProgram, IsToldWhatToDo) {
  Child bridge = start(kConfiguration);
  await_connected(bridge);
  expect_failure(ctl({"dance"}), 2, {"found \"dance\"", "expected status, start"});
  expect_failure(ctl({"push", "chat"}), 2, {"expected suzaku bridge ctl push CONNECTION TOPIC EVENT [JSON]"});
  expect_failure(ctl({"status", "chat"}), 2, {"expected suzaku bridge ctl status"});
  expect_failure(ctl({"push", "chat", "room:1", "shout", "[1]"}), 2, {"JSON: ", "expected a JSON object"});
  expect_failure(ctl({"stop", "none"}), 1, {"the configuration has no connection \"none\""});
  EXPECT_EQ(ctl({"join", "chat", "room:forbidden"}).code, 7);
  EXPECT_EQ(ctl({"push", "chat", "room:1", "echo_error"}).code, 10);
  EXPECT_EQ(ctl({"stop", "chat"}).output, "{}\n");
  EXPECT_CONTAINS(ctl({"status"}).output, "chat        stopped");
  expect_failure(ctl({"stop", "chat"}), 1, {"the connection \"chat\" is stopped already"});
  EXPECT_EQ(ctl({"start", "chat"}).code, 0);
  expect_failure(ctl({"start", "chat"}), 1, {"the connection \"chat\" is running already"});
  await_connected(bridge);
}

TEST_F(BridgeProgram, NobodyElseIsTold) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may open every socket";
  const Folder closed;
  std::filesystem::permissions(closed.path(), std::filesystem::perms::none);
  expect_failure(run({"bridge", "ctl", "--socket", closed.file("control"), "status"}), 1,
                 {"belongs to another user; run this as that user, or as root"});
  std::filesystem::permissions(closed.path(), std::filesystem::perms::owner_all);
}

TEST_F(BridgeProgram, NobodyToTell) {
  expect_failure(ctl({"status"}), 1, {"no bridge answers at " + control});
}

}  // namespace
}  // namespace suzaku::test
