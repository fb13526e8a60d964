#include "base/log.hpp"

#include <string>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

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

TEST_F(Log, json_is_one_object_a_line_whatever_the_words_are) {
  configure(Level::debug, Format::json);
  const std::string words = "a \"quoted\" word\nC:\\new \x01 caf\xc3\xa9 {\"level\":\"error\"} %v";
  const std::string line = logged([&] { warning("{}", words); });
  ASSERT_TRUE(line.ends_with('\n'));
  ASSERT_EQ(line.find('\n'), line.size() - 1) << line;

  const boost::json::value value = boost::json::parse(line);
  EXPECT_EQ(value.as_object().size(), 3U);
  EXPECT_EQ(value.at("message").as_string(), words);
  EXPECT_EQ(value.at("level").as_string(), "warning");
  const std::string time(value.at("time").as_string().c_str());
  EXPECT_EQ(time.size(), std::string("2026-01-01T00:00:00.000Z").size()) << time;
  EXPECT_TRUE(time.ends_with('Z'));
}

TEST_F(Log, text_can_be_had_again_after_json) {
  configure(Level::info, Format::json);
  configure(Level::info, Format::text);
  EXPECT_TRUE(logged([] { info("words"); }).ends_with(" words\n"));
}

TEST_F(Log, a_stranger_s_words_neither_forge_lines_nor_move_the_cursor) {
  configure(Level::info, Format::text);
  const std::string line = logged([] { info("topic {}", "a\n12:00 error forged\x1b[31m"); });
  EXPECT_TRUE(line.ends_with("topic a?12:00 error forged?[31m\n")) << line;
}

TEST_F(Log, a_line_has_a_longest_size_and_is_cut_between_characters) {
  configure(Level::info, Format::text);
  std::string words = "x";
  for (int i = 0; i < 5000; ++i) words += "\u00e9";
  const std::string line = logged([&] { info("{}", words); });
  EXPECT_LT(line.size(), 1100u);
  EXPECT_TRUE(line.ends_with("\u00e9...\n"));
}

}  // namespace
}  // namespace suzaku::log
