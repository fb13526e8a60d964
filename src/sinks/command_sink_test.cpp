// The input and the output of a program.
#include "sinks/command_sink_test.hpp"

#include <algorithm>
#include <csignal>
#include <future>

#include "sinks/json_lines.hpp"

namespace suzaku::sinks {
namespace {

// --- input ---

TEST_F(CommandSinkTest, program_gets_a_line_of_json_for_each_signal) {
  start(script("cat > out"));
  const Batch first = batch(1, 2);
  const Batch second = batch(3, 1, 500'000);  // more than a pipe holds
  sink->take(first);
  sink->take(second);
  EXPECT_EQ(status("lines"), 3);
  sink.reset();
  EXPECT_EQ(text_of(folder / "out"), json_lines(first) + json_lines(second));
}

TEST_F(CommandSinkTest, lines_that_a_program_does_not_read_wait) {
  start(endless("sleep 1000"));
  auto taking = std::async(std::launch::async, [this] { sink->take(batch(1, 4, 100'000)); });
  await([this] { return status("waiting") == 4; });
  sink->stop();
  taking.get();
  EXPECT_EQ(status("waiting"), 0);
}

TEST_F(CommandSinkTest, program_that_cannot_be_started_is_named_with_the_reason) {
  const auto reason = [this](const CommandOptions& options) -> std::string {
    try {
      start(options);
    } catch (const std::runtime_error& thrown) {
      return thrown.what();
    }
    return "it was started";
  };
  EXPECT_EQ(reason({.command = {"suzaku-no-such-program"}}),
            "cannot start \"suzaku-no-such-program\": No such file or directory");
  EXPECT_EQ(reason({.command = {"/"}}), "cannot start \"/\": Permission denied");
  EXPECT_EQ(reason({.command = {"cat"}, .directory = "/no/such/folder"}),
            "cannot start \"cat\" in \"/no/such/folder\": that is no directory");
}

TEST_F(CommandSinkTest, program_starts_with_its_directory_and_environment_and_default_signals) {
  ::setenv("SUZAKU_TEST_KEPT", "kept", 1);
  ::setenv("SUZAKU_TEST_REPLACED", "old", 1);
  auto options = script(
      "pwd > out; echo $SUZAKU_TEST_KEPT $SUZAKU_TEST_REPLACED $SUZAKU_TEST_ADDED >> out;"
      "grep SigBlk /proc/self/status >> out; kill -PIPE $$; echo survived >> out");
  options.environment = {{"SUZAKU_TEST_REPLACED", "new"}, {"SUZAKU_TEST_ADDED", "added"}};
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  start(options);
  EXPECT_HAS(refusal(), "by signal SIGPIPE");
  std::signal(SIGPIPE, before);
  EXPECT_EQ(text_of(folder / "out"),
            std::filesystem::canonical(folder).string() + "\nkept new added\nSigBlk:\t0000000000000000\n");
}

TEST_F(CommandSinkTest, program_inherits_three_descriptors_only) {
  const int open_one = ::dup(STDIN_FILENO);  // without close-on-exec
  start(script("exec ls /proc/self/fd > out"));
  refusal();
  ::close(open_one);
  EXPECT_EQ(text_of(folder / "out"), "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

// --- output ---

TEST_F(CommandSinkTest, lines_on_standard_error_are_logged) {
  start(script("echo hello >&2; printf 'no end' >&2"));
  refusal();
  const std::string logged = log();
  EXPECT_HAS(logged, "agent mirror: hello\n");
  EXPECT_HAS(logged, "agent mirror: no end\n");
}

TEST_F(CommandSinkTest, lines_that_are_not_pushes_are_counted_and_logged) {
  start(script("echo garbage; echo 17; printf '\\377\\n{'"));
  refusal();
  EXPECT_EQ(status("bad_lines"), 4);
  EXPECT_EQ(status("pushes"), 0);
  EXPECT_HAS(log(), "agent mirror: standard output: the line is no JSON, expected {");
}

TEST_F(CommandSinkTest, push_that_cannot_be_made_is_counted_and_logged) {
  start(script(R"(echo '{"push":{"connection":"nowhere","topic":"t","event":"e"}}')"));
  refusal();
  EXPECT_EQ(status("push_errors"), 1);
  EXPECT_EQ(status("bad_lines"), 0);
  EXPECT_HAS(log(), R"("e" to "t" was not pushed: there is no connection named "nowhere")");
}

TEST_F(CommandSinkTest, the_last_line_on_standard_error_is_logged) {
  start(script("cat > /dev/null; echo goodbye >&2; echo garbage"));
  EXPECT_HAS(log(), "agent mirror: goodbye\n");
}

TEST_F(CommandSinkTest, endless_line_is_logged_once_and_takes_no_memory) {
  start(script("tr '\\0' x < /dev/zero"));
  await([this] { return status("bad_lines") == 1; });
  ::kill(-pid(), SIGTERM);
  refusal();
  EXPECT_EQ(status("bad_lines"), 1);
  EXPECT_HAS(log(), "found a line that is too long, expected at most 1048576 bytes");
}

TEST_F(CommandSinkTest, endless_garbage_does_not_fill_the_log) {
  start(endless("yes garbage & yes garbage >&2", 2s));  // longer than the period of the limit of the log
  await([this] { return status("bad_lines") > 100'000; });
  const auto began = std::chrono::steady_clock::now();
  const std::string logged = log();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
  EXPECT_LT(std::count(logged.begin(), logged.end(), '\n'), 120 * (30 + seconds.count()));
  EXPECT_HAS(logged, "more lines were left out");
}

}  // namespace
}  // namespace suzaku::sinks
