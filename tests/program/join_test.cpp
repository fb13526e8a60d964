// suzaku join
#include <csignal>

#include "program.hpp"

namespace suzaku::test {
namespace {

TEST(Join, PushesWhatItReadsAndPrintsRepliesAndMessages) {
  PhoenixServer server;
  Child talk({"join", server.url(), "room:lobby"});
  talk.output_until(R"({"joined":"room:lobby","response":{"topic":"room:lobby","params":{}}})");
  talk.type("echo {\"id\":12345678901234567890}\n");
  talk.output_until(R"({"reply":"echo","status":"ok","response":{"id":12345678901234567890},"ms":)");
  talk.type("{\"payload\": {\"id\":12345678901234567890}, \"event\": \"shout\"}\n");
  talk.output_until(R"({"topic":"room:lobby","event":"shout","payload":{"id":12345678901234567890}})");
  talk.type("ok_only\n");
  talk.output_until(R"({"reply":"ok_only","status":"ok","response":{},"ms":)");
  talk.end_input();
  EXPECT_EQ(talk.exit_code(), 0);
  EXPECT_LACKS(talk.output(), "> ");
  EXPECT_LACKS(talk.output(), "\x1b");
}

TEST(Join, WaitsForRepliesAtTheEndOfTheInputAndLeaves) {
  PhoenixServer server;
  const Ended ended = run({"join", server.url(), "room:lobby", "--wire"}, "reply_later {\"n\":1}");
  EXPECT_EQ(ended.code, 0);
  EXPECT_CONTAINS(ended.output, R"({"reply":"reply_later","status":"ok","response":{"n":1})");
  EXPECT_CONTAINS(ended.errors, "phx_leave");
}

TEST(Join, PrintsAReplyWhenItComesThoughAnEarlierPushHasNone) {
  PhoenixServer server;
  Child talk({"join", server.url(), "room:lobby", "--timeout", "1h"});
  talk.type("noreply {}\necho {\"n\":1}\n");
  talk.output_until(R"({"reply":"echo","status":"ok","response":{"n":1})");
  EXPECT_LACKS(talk.output(), R"({"reply":"noreply")");
  talk.signal(SIGINT);
  EXPECT_EQ(talk.exit_code(), 0);
}

TEST(Join, EndsWellWithRetryAfterItsChannelHasCrashedAndComeBack) {
  PhoenixServer server;
  Child talk({"join", server.url(), "room:lobby", "--retry"});
  talk.type("boom {}\n");
  talk.errors_until("joining again");
  talk.type("echo {\"n\":1}\n");
  talk.output_until(R"({"reply":"echo","status":"ok","response":{"n":1})");
  talk.end_input();
  EXPECT_EQ(talk.exit_code(), 0) << talk.errors();
  EXPECT_EQ(count_of(R"({"joined":"room:lobby")", talk.output()), 2U) << talk.output();
  EXPECT_EQ(count_of(R"({"reply":"boom","status":"disconnected")", talk.output()), 1U) << talk.output();
}

TEST(Join, TakesAnErrorForAnAnswer) {
  PhoenixServer server;
  const Ended ended = run({"join", server.url(), "room:lobby"}, "echo_error {\"n\":1}\n");
  EXPECT_EQ(ended.code, 0);
  EXPECT_CONTAINS(ended.output, R"({"reply":"echo_error","status":"error","response":{"n":1})");
}

TEST(Join, SaysWhatItDoesNotUnderstandAndGoesOn) {
  PhoenixServer server;
  const Ended ended = run({"join", server.url(), "room:lobby", "--quiet"},
                          "echo [1]\n{\"payload\":{}}\n{\"event\":\"echo\",\"payload\":1}\necho {\"n\":1}\n");
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(count_of("suzaku: ", ended.errors), 3U) << ended.errors;
  EXPECT_EQ(count_of("expected", ended.errors), 3U) << ended.errors;
  EXPECT_CONTAINS(ended.errors, "line 3 of the input: ");
  EXPECT_CONTAINS(ended.output, R"("response":{"n":1})");
}

TEST(Join, HasAPromptOnATerminalWhichIsColouredUnlessForbidden) {
  PhoenixServer server;
  const auto talk = [&](const std::vector<std::string>& flags, const std::vector<std::string>& environment) {
    std::vector<std::string> arguments = {"join", server.url(), "room:lobby"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    Child child(arguments, {.environment = environment, .on_terminal = true});
    child.output_until("joined");
    child.output_until("> ");
    child.type("echo {\"n\":1}\n");
    child.output_until(R"("response":{"n":1})");
    child.type("\x04");  // Ctrl-D
    EXPECT_EQ(child.exit_code(), 0);
    return child.output();
  };
  EXPECT_CONTAINS(talk({}, {}), "\x1b[1;36m> \x1b[0m");
  EXPECT_LACKS(talk({}, {"NO_COLOR=1"}), "\x1b[1;36m");
  EXPECT_LACKS(talk({"--no-color"}, {}), "\x1b[1;36m");
  EXPECT_CONTAINS(talk({}, {"NO_COLOR="}), "\x1b[1;36m");
}

TEST(Join, LeavesOnCtrlC) {
  PhoenixServer server;
  Child talk({"join", server.url(), "room:lobby"});
  talk.output_until("joined");
  talk.signal(SIGINT);
  EXPECT_EQ(talk.exit_code(), 0);
}

}  // namespace
}  // namespace suzaku::test
