#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/log.hpp>

#include "base/log.hpp"

namespace suzaku::log {
namespace {

class LogSink : public testing::Test {
 protected:
  ~LogSink() override {
    set_sink({});
    configure(Level::info);
  }

  /// What `work` writes to standard error.
  template <class Work>
  static std::string on_stderr(Work work) {
    testing::internal::CaptureStderr();
    work();
    return testing::internal::GetCapturedStderr();
  }
  void keep_lines() {
    set_sink([this](const Line& line) {
      lines_.push_back(std::string(to_string(line.level)) + ": " + std::string(line.text));
    });
  }

  std::vector<std::string> lines_;
};

TEST_F(LogSink, gets_level_time_and_text_instead_of_standard_error) {
  Line got;
  std::string text;
  set_sink([&](const Line& line) {
    got = line;
    text = line.text;
  });
  const auto before = std::chrono::system_clock::now();
  EXPECT_EQ(on_stderr([] { warning("topic {}", "a"); }), "");
  EXPECT_EQ(got.level, Level::warning);
  EXPECT_EQ(text, "topic a");
  EXPECT_GE(got.time, before);
  EXPECT_LE(got.time, std::chrono::system_clock::now());
}

TEST_F(LogSink, gets_only_lines_at_the_level_and_above_in_no_format) {
  keep_lines();
  configure(Level::warning, Format::json);
  info("quiet");
  write(Level::info, "quiet");
  warning("loud");
  error("louder");
  configure(Level::off);
  error("quiet");
  configure(Level::debug);
  debug("detail");
  EXPECT_EQ(lines_, (std::vector<std::string>{"warning: loud", "error: louder", "debug: detail"}));
}

TEST_F(LogSink, gets_text_of_strangers_harmless_and_cut) {
  keep_lines();
  info("topic {}", "a\nforged\x1b[31m \xff");
  info("{}", std::string(5000, 'x'));
  EXPECT_EQ(lines_.at(0), "info: topic a\\u000aforged\\u001b[31m \ufffd");
  EXPECT_EQ(lines_.at(1), "info: " + std::string(1024, 'x') + "...");
}

TEST_F(LogSink, is_replaced_by_standard_error_again) {
  keep_lines();
  set_sink({});
  EXPECT_TRUE(on_stderr([] { info("words"); }).ends_with(" words\n"));
  EXPECT_TRUE(lines_.empty());
}

TEST_F(LogSink, gets_lines_of_several_threads_one_at_a_time) {
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  std::atomic<int> inside = 0;
  std::atomic<bool> is_entered_twice = false;
  int count = 0;  // not atomic: ThreadSanitizer checks the promise, too
  set_sink([&](const Line&) {
    if (++inside != 1) is_entered_twice = true;
    std::this_thread::yield();
    ++count;
    --inside;
  });
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([] {
        for (int line = 0; line < kLines; ++line) info("line {}", line);
      });
  }
  EXPECT_FALSE(is_entered_twice);
  EXPECT_EQ(count, kThreads * kLines);
}

TEST_F(LogSink, does_not_run_any_more_when_it_was_replaced) {
  std::atomic<bool> is_running = false;
  std::atomic<bool> is_replaced = false;
  std::atomic<bool> runs_on = false;
  set_sink([&](const Line&) {
    is_running = true;
    is_running.notify_one();
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
    while (!is_replaced && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    runs_on = is_replaced.load();
  });
  {
    const std::jthread logging([] { info("line"); });
    is_running.wait(false);
    set_sink([](const Line&) {});
    is_replaced = true;
  }
  EXPECT_FALSE(runs_on);
}

TEST_F(LogSink, that_throws_loses_no_line_and_is_called_again) {
  int calls = 0;
  set_sink([&](const Line&) {
    if (++calls == 1) throw std::runtime_error("no\nroom");
    if (calls == 2) throw 2;
  });
  const std::string first = on_stderr([] { info("first"); });
  EXPECT_TRUE(first.ends_with(" first (the sink of the log has thrown: no\\u000aroom)\n")) << first;
  const std::string second = on_stderr([] { info("{}", std::string(5000, 'x')); });
  EXPECT_TRUE(second.ends_with("xx... (the sink of the log has thrown: something that is no std::exception)\n"))
      << second;
  EXPECT_LT(second.size(), 1100U);
  EXPECT_EQ(on_stderr([] { info("third"); }), "");
  EXPECT_EQ(calls, 3);
}

TEST_F(LogSink, that_logs_itself_writes_to_standard_error) {
  int calls = 0;
  set_sink([&](const Line& line) {
    ++calls;
    info("within {}", line.text);
  });
  EXPECT_TRUE(on_stderr([] { info("words"); }).ends_with(" within words\n"));
  EXPECT_EQ(calls, 1);
}

TEST_F(LogSink, cannot_be_replaced_within_itself) {
  std::string refused;
  set_sink([&](const Line&) {
    try {
      set_sink({});
    } catch (const std::logic_error& error) {
      refused = error.what();
    }
  });
  info("words");
  EXPECT_EQ(refused, "set_sink() must not be called within a sink of the log");
}

TEST_F(LogSink, levels_have_names) {
  EXPECT_EQ(to_string(Level::debug), "debug");
  EXPECT_EQ(to_string(Level::info), "info");
  EXPECT_EQ(to_string(Level::warning), "warning");
  EXPECT_EQ(to_string(Level::error), "error");
  EXPECT_EQ(to_string(Level::off), "off");
}

}  // namespace
}  // namespace suzaku::log
