// Programs that end, and programs that are stopped.
#include <cerrno>
#include <csignal>
#include <future>
#include <sstream>

#include <sys/wait.h>

#include "sinks/command_sink_test.hpp"
#include "sinks/json_lines.hpp"

namespace suzaku::sinks {
namespace {

// --- programs that end ---

TEST_F(CommandSinkTest, program_that_fails_after_each_start_is_given_up) {
  start(script("exit 3", {.restart = Restart::permanent, .max_restarts = 2, .period = kLong}));
  EXPECT_EQ(refusal(),
            "\"sh\" has ended, and more than 2 restarts within 3600000 ms would be needed; the last time: it has ended "
            "with exit code 3");
  EXPECT_EQ(status("restarts"), 2);
  EXPECT_EQ(sink->status().at("is_given_up"), true);
  EXPECT_EQ(sink->status().at("last_failure"), Json(refusal()));
  EXPECT_FALSE(sink->status().at("last_failure_at").as_string().empty());
  EXPECT_EQ(sink->status().at("failures"), sink->status().at("restarts").to_number<int>() + 1);
  EXPECT_EQ(sink->status().at("pid"), nullptr);
  const std::string logged = log();
  EXPECT_HAS(logged, "has ended with exit code 3\n");
  EXPECT_HAS(logged, "would be needed");
}

TEST_F(CommandSinkTest, program_that_cannot_be_started_again_is_given_up) {
  std::filesystem::create_symlink("/bin/sh", folder / "program");
  start({.command = {(folder / "program").string(), "-c", "rm program; exit 1"},
         .directory = folder.string(),
         .restart = {.max_restarts = 2, .period = kLong}});
  EXPECT_HAS(refusal(), "program\": No such file or directory");
  EXPECT_EQ(status("restarts"), 0);
  EXPECT_EQ(sink->status().at("is_given_up"), true);
}

TEST_F(CommandSinkTest, program_that_runs_has_not_failed) {
  start(
      script("if test -e second; then exec cat > /dev/null; fi; : > second; exit 1", {.restart = Restart::permanent}));
  await([this] { return status("restarts") == 1; });
  EXPECT_FALSE(sink->status().contains("last_failure"));
}

TEST_F(CommandSinkTest, restarts_follow_the_rules_of_otp) {
  const auto restarts = [this](std::string_view text, Restart restart) {
    // The second program keeps running.
    start(script("if test -e second; then exec cat > /dev/null; fi; : > second; " + std::string(text),
                 {.restart = restart}));
    await([this] { return status("restarts") == 1 || sink->status().at("pid").is_null(); });
    const bool is_restarted = status("restarts") == 1;
    EXPECT_EQ(sink->status().at("is_given_up"), false);
    if (!is_restarted) {
      EXPECT_HAS(refusal(), "\"sh\" has ended, and it is not to be started again");
    }
    sink.reset();
    std::filesystem::remove(folder / "second");
    return is_restarted;
  };
  EXPECT_TRUE(restarts("exit 0", Restart::permanent));
  EXPECT_TRUE(restarts("exit 1", Restart::permanent));
  EXPECT_FALSE(restarts("exit 0", Restart::transient));
  EXPECT_TRUE(restarts("exit 1", Restart::transient));
  EXPECT_TRUE(restarts("kill -9 $$", Restart::transient));
  EXPECT_FALSE(restarts("exit 1", Restart::temporary));
}

TEST_F(CommandSinkTest, next_program_continues_with_the_first_line_that_was_not_completely_written) {
  // The first program is killed when the pipe is full, in the middle of a line.
  start(script("if test -e second; then exec cat > out; fi; : > second; head -c 1 > /dev/null; kill -9 $$",
               {.restart = Restart::transient}));
  const Batch first = batch(0, 100, 5'000);
  const Batch second = batch(100, 10);
  sink->take(first);
  EXPECT_EQ(status("restarts"), 1);
  sink->take(second);
  EXPECT_EQ(status("lines"), 110);
  EXPECT_HAS(log(), "has ended by signal SIGKILL\n");
  const std::string all = json_lines(first) + json_lines(second);
  const std::string got = text_of(folder / "out");
  EXPECT_TRUE(all.ends_with(got));
  EXPECT_GT(got.size(), all.size() / 2);
  EXPECT_EQ(all[all.size() - got.size() - 1], '\n');
}

TEST_F(CommandSinkTest, signals_after_a_kill_arrive_at_the_next_program) {
  start(script("cat > out.$$", {.restart = Restart::permanent}));
  const pid_t first = pid();
  std::thread killer([&] {
    await([this] { return status("lines") > 1'000; });
    ::kill(first, SIGKILL);
  });
  int next = 0;
  for (; status("restarts") == 0; next += 100) sink->take(batch(next, 100, 1'000));
  killer.join();
  const Batch last = batch(next, 100, 1'000);
  sink->take(last);
  const pid_t second = pid();
  EXPECT_NE(second, first);
  sink.reset();
  const std::string got = text_of(folder / ("out." + std::to_string(second)));
  EXPECT_TRUE(got.ends_with(json_lines(last)));
  std::istringstream lines(got);
  int expected = -1;
  for (std::string line; std::getline(lines, line);) {
    const auto signal = signals::parse_signal(line);
    ASSERT_TRUE(signal.has_value()) << line.substr(0, 100);
    const int id = std::stoi(signal->id);
    EXPECT_EQ(id, expected < 0 ? id : expected);
    expected = id + 1;
  }
}

TEST_F(CommandSinkTest, program_that_closes_its_input_and_keeps_running_is_ended) {
  start(endless("exec <&-; exec sleep 1000"));
  EXPECT_HAS(refusal(), "the last time: it closed its input and was ended for it (SIGTERM)");
  EXPECT_HAS(sink->status().at("last_failure").as_string().c_str(),
             "it closed its input and was ended for it (SIGTERM)");
  const std::string logged = log();
  EXPECT_HAS(logged, "does not end after it has closed its input: SIGTERM is sent");
  EXPECT_HAS(logged, ") closed its input and was ended for it (SIGTERM)\n");
}

TEST_F(CommandSinkTest, program_that_closes_its_input_and_ends_by_itself_was_not_ended_for_it) {
  start(script("exec <&-; sleep 0.1; exit 3"));
  EXPECT_HAS(refusal(), "it has ended with exit code 3");
}

TEST_F(CommandSinkTest, program_that_is_ended_for_its_input_may_choose_its_exit_code) {
  start(endless("exec <&-; trap 'exit 7' TERM; while :; do sleep 0.01; done", 200ms));
  EXPECT_HAS(refusal(), "it closed its input and was ended for it (exit code 7)");
}

TEST_F(CommandSinkTest, a_process_with_a_copy_of_the_pipes_does_not_hide_the_end) {
  start(script("setsid sleep 1000 & echo $! > pid; wait"));
  await([this] { return text_of(folder / "pid").ends_with('\n'); });
  const pid_t stranger = static_cast<pid_t>(std::stoi(text_of(folder / "pid")));
  // When it has become sleep it is in a group of its own.
  await([&] { return has(text_of("/proc/" + std::to_string(stranger) + "/comm"), "sleep"); });
  ::kill(pid(), SIGKILL);
  EXPECT_HAS(refusal(), "by signal SIGKILL");
  EXPECT_TRUE(is_running(stranger));
  ::kill(stranger, SIGKILL);
}

TEST_F(CommandSinkTest, processes_that_the_program_has_started_end_with_it) {
  start(script("sleep 1000 & echo $! > pid; exit 0"));
  refusal();
  const pid_t left = static_cast<pid_t>(std::stoi(text_of(folder / "pid")));
  await([&] { return !is_running(left); });
}

// --- programs that are stopped ---

TEST_F(CommandSinkTest, stop_ends_a_wait_for_a_program_that_does_not_read) {
  start(script("exec sleep 1000"));
  const pid_t child = pid();
  auto taken = std::async(std::launch::async, [this] { sink->take(batch(0, 1'000, 1'000)); });
  await([this] { return status("lines") > 10; });
  sink->stop();
  sink->stop();
  ASSERT_EQ(taken.wait_for(kPatience), std::future_status::ready);
  EXPECT_NO_THROW(taken.get());
  EXPECT_TRUE(is_running(child));  // its grace has not ended
  EXPECT_NO_THROW(sink->take(batch(0, 1'000, 1'000)));
  ::kill(child, SIGTERM);
  EXPECT_HAS(log(), "has ended by signal SIGTERM");
}

TEST_F(CommandSinkTest, program_that_is_stopped_may_finish_its_lines) {
  start(script("sleep 0.2; cat > out"));
  const Batch lines = batch(0, 10);
  sink->take(lines);
  EXPECT_HAS(log(), "has ended with exit code 0");
  EXPECT_EQ(text_of(folder / "out"), json_lines(lines));
}

TEST_F(CommandSinkTest, program_that_ignores_sigterm_is_killed) {
  start(endless("trap '' TERM; : > ready; while :; do sleep 1000; done"));
  await([this] { return std::filesystem::exists(folder / "ready"); });
  EXPECT_HAS(log(), "did not end without its input and was ended for it (SIGKILL)");
}

TEST_F(CommandSinkTest, program_that_has_left_its_group_and_ignores_sigterm_is_killed) {
  CommandOptions options = endless("");
  options.command = {"python3", "-c",
                     "import os, signal, time\n"
                     "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                     "os.setpgid(0, os.getpgid(os.getppid()))\n"
                     "open('ready', 'w')\n"
                     "time.sleep(1000)"};
  start(options);
  await([this] { return std::filesystem::exists(folder / "ready"); });
  const pid_t child = pid();
  sink->stop();
  EXPECT_NO_THROW(await([&] { return !is_running(child); }));
  ::kill(child, SIGKILL);
  EXPECT_HAS(log(), "did not end without its input and was ended for it (SIGKILL)");
}

TEST_F(CommandSinkTest, two_hundred_sinks_leak_no_descriptor_thread_or_process) {
  sink = std::make_unique<CommandSink>("mirror", CommandOptions{.command = {"cat"}}, connections);
  sink.reset();
  const std::size_t descriptors = count_of("fd");
  const std::size_t threads = count_of("task");
  for (int i = 0; i < 20; ++i) {
    std::vector<std::unique_ptr<CommandSink>> sinks;
    for (int j = 0; j < 10; ++j) {
      sinks.push_back(std::make_unique<CommandSink>(
          "mirror", script(j % 2 == 0 ? "cat > /dev/null" : "sleep 1000 & exit 1"), connections));
    }
    EXPECT_GT(count_of("task"), threads);
    for (auto& one : sinks) one->stop();
  }
  EXPECT_EQ(count_of("fd"), descriptors);
  EXPECT_EQ(count_of("task"), threads);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace suzaku::sinks
