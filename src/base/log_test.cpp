#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/descriptor.hpp"

namespace suzaku::log {
namespace {

/// What `work` writes to standard error.
template <class Work>
std::string logged(Work work) {
  testing::internal::CaptureStderr();
  work();
  return testing::internal::GetCapturedStderr();
}

class Log : public testing::Test {
 protected:
  void TearDown() override { configure(Level::info, Format::text); }
};

TEST_F(Log, text_is_a_line_with_its_level_and_no_colour_when_nobody_watches) {
  configure(Level::info, Format::text);
  const std::string line = logged([] { info("serving {} on {}", "chat", 4000); });
  EXPECT_NE(line.find("info"), line.npos) << line;
  EXPECT_TRUE(line.ends_with("serving chat on 4000\n")) << line;
  EXPECT_EQ(line.find('\x1b'), line.npos) << line;
}

TEST_F(Log, writes_only_what_is_at_its_level_or_above) {
  configure(Level::warning, Format::text);
  EXPECT_FALSE(enabled(Level::info));
  EXPECT_TRUE(enabled(Level::error));
  EXPECT_EQ(logged([] { info("quiet"); }), "");
  EXPECT_NE(logged([] { error("loud"); }), "");
  configure(Level::off, Format::text);
  EXPECT_EQ(logged([] { error("loud"); }), "");
}

/// The message in a line of JSON, in which nothing else is surprising.
std::string message_in(const std::string& line) {
  if (line.find('\n') != line.size() - 1) throw std::runtime_error("not one line: " + line);
  const boost::json::object object = boost::json::parse(line).as_object();
  EXPECT_EQ(object.size(), 3U);
  EXPECT_EQ(object.at("level").as_string(), "warning");
  const std::string time(object.at("time").as_string().c_str());
  EXPECT_EQ(time.size(), std::string("2026-01-01T00:00:00.000Z").size()) << time;
  EXPECT_TRUE(time.ends_with('Z'));
  return std::string(object.at("message").as_string());
}

TEST_F(Log, json_is_one_object_a_line_whatever_the_words_are) {
  configure(Level::debug, Format::json);
  const auto message = [](const std::string& words) { return message_in(logged([&] { warning("{}", words); })); };
  for (const std::string words : {"a \"quoted\" word", "C:\\new", "caf\u00e9 {\"level\":\"error\"} %v"})
    EXPECT_EQ(message(words), words);
  EXPECT_EQ(message("a\n\x01\u009b\u202e"), "a\\u000a\\u0001\\u009b\\u202e");
  EXPECT_EQ(message("no \xff utf-8 \xc3"), "no \ufffd utf-8 \ufffd");
  EXPECT_EQ(message(std::string(5000, '"')), std::string(1024, '"') + "...");
}

TEST_F(Log, text_can_be_had_again_after_json) {
  configure(Level::info, Format::json);
  configure(Level::info, Format::text);
  EXPECT_TRUE(logged([] { info("words"); }).ends_with(" words\n"));
}

TEST_F(Log, a_stranger_s_words_neither_forge_lines_nor_move_the_cursor) {
  configure(Level::info, Format::text);
  const std::string line = logged([] { info("topic {}", "a\n12:00 error forged\x1b[31m \u009b31m"); });
  EXPECT_TRUE(line.ends_with("topic a\\u000a12:00 error forged\\u001b[31m \\u009b31m\n")) << line;
}

TEST_F(Log, a_line_has_a_longest_size_and_is_cut_between_characters) {
  configure(Level::info, Format::text);
  std::string words = "x";
  for (int i = 0; i < 5000; ++i) words += "\u00e9";
  const std::string line = logged([&] { info("{}", words); });
  EXPECT_LT(line.size(), 1100u);
  EXPECT_TRUE(line.ends_with("\u00e9...\n"));
}

TEST_F(Log, a_note_stands_at_the_end_of_a_line_that_is_cut) {
  const std::string line = logged([] { write(Level::info, std::string(5000, 'x'), " (7 more)"); });
  EXPECT_LT(line.size(), 1100u);
  EXPECT_TRUE(line.ends_with("xx... (7 more)\n")) << line;
}

/// Standard error is a pipe, until the end of the scope.
class StderrPipe {
 public:
  StderrPipe() : before_(::dup(STDERR_FILENO)) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    reader_ = Descriptor(ends[0]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
  }
  ~StderrPipe() { ::dup2(before_.get(), STDERR_FILENO); }

  std::string read() {
    std::string text;
    std::array<char, 4096> bytes{};
    for (ssize_t size = 0; (size = ::read(reader_.get(), bytes.data(), bytes.size())) > 0;)
      text.append(bytes.data(), static_cast<std::size_t>(size));
    return text;
  }

 private:
  Descriptor before_;
  Descriptor reader_;
};

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST_F(Log, lines_that_nobody_reads_are_lost_and_counted) {
  configure(Level::warning, Format::text);
  StderrPipe pipe;
  for (int i = 0; i < 1000; ++i) warning("{}", std::string(1000, 'x'));
  const std::size_t seen = lines_in(pipe.read());
  EXPECT_GT(seen, 10u);
  error("next");
  const std::string told = pipe.read();
  EXPECT_EQ(lines_in(told), 2u) << told;
  EXPECT_NE(told.find(std::to_string(1000 - seen) + " lines of log were lost: standard error was not read\n"),
            told.npos)
      << told;
  EXPECT_TRUE(told.ends_with(" next\n")) << told;
  error("then");
  EXPECT_EQ(lines_in(pipe.read()), 1u);
}

TEST_F(Log, lines_that_cannot_be_written_are_counted_too) {
  configure(Level::warning, Format::json);
  StderrPipe pipe;
  const Descriptor ours(::dup(STDERR_FILENO));
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ::dup2(full.get(), STDERR_FILENO);
  for (int i = 0; i < 3; ++i) warning("lost");
  ::dup2(ours.get(), STDERR_FILENO);
  warning("next");
  const std::string told = pipe.read();
  EXPECT_EQ(lines_in(told), 2u) << told;
  EXPECT_EQ(message_in(told.substr(0, told.find('\n') + 1)),
            "3 lines of log were lost: standard error failed: No space left on device");
}

}  // namespace
}  // namespace suzaku::log
