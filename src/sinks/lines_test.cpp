// Lines of JSON, and the lines of the input and the output of a program.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sinks/json_lines.hpp"
#include "sinks/line_feed.hpp"
#include "sinks/line_splitter.hpp"

namespace suzaku::sinks {
namespace {

using Lines = std::vector<std::string>;

TEST(JsonLines, contain_no_control_characters_for_terminals) {
  signals::Signal signal;
  signal.id = "1";
  signal.phoenixevent = "a\u009b31m";
  signal.data = Payload::from_text("{\"text\":\r\n\t\"\u009b2J \u202e\"}");
  const std::string lines = json_lines(std::array{std::make_shared<const signals::Signal>(signal)});
  EXPECT_EQ(lines,
            "{\"specversion\":\"1.0\",\"id\":\"1\",\"datacontenttype\":\"application/json\","
            "\"phoenixevent\":\"a%C2%9B31m\",\"data\":{\"text\":   \"\\u009b2J \\u202e\"}}\n");
}

/// Splits into lines of at most four bytes. A line that was cut ends with "...".
class SplitLines : public testing::Test {
 protected:
  void add(std::string_view bytes) {
    splitter.add(bytes, [this](const LineSplitter::Line& line) { keep(line); });
  }
  void end() {
    splitter.end([this](const LineSplitter::Line& line) { keep(line); });
  }
  void keep(const LineSplitter::Line& line) { lines.push_back(std::string(line.text) + (line.is_whole ? "" : "...")); }

  LineSplitter splitter{4};
  Lines lines;
};

TEST_F(SplitLines, are_whole_however_the_stream_is_cut) {
  const std::string text = "a\n\nabcd\nxy\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    lines.clear();
    for (std::size_t at = 0; at < text.size(); at += size) add(std::string_view(text).substr(at, size));
    EXPECT_EQ(lines, (Lines{"a", "", "abcd", "xy"})) << size;
  }
}

TEST_F(SplitLines, a_line_that_is_too_long_is_reported_at_once_and_once) {
  add("abc");
  EXPECT_EQ(lines, Lines());
  add("de");
  EXPECT_EQ(lines, (Lines{"abcd..."}));
  add("fghijklmnop");
  add("q\nnext\n");
  EXPECT_EQ(lines, (Lines{"abcd...", "next"}));
}

TEST_F(SplitLines, the_last_one_may_have_no_end) {
  add("a\nb");
  end();
  EXPECT_EQ(lines, (Lines{"a", "b"}));
  add("abcdef");
  end();
  add("new\n");
  end();
  EXPECT_EQ(lines, (Lines{"a", "b", "abcd...", "new"}));
}

TEST(LineFeed, counts_the_lines_that_were_completely_written) {
  LineFeed feed;
  EXPECT_TRUE(feed.is_empty());
  feed.put("one\ntwo\n");
  EXPECT_EQ(feed.advance(3), 0U);
  EXPECT_EQ(feed.advance(2), 1U);
  EXPECT_EQ(feed.rest(), "wo\n");
  EXPECT_EQ(feed.advance(3), 1U);
  EXPECT_TRUE(feed.is_empty());
}

TEST(LineFeed, begins_again_with_the_line_that_was_not_completely_written) {
  LineFeed feed;
  feed.rewind();
  EXPECT_TRUE(feed.is_empty());
  feed.put("one\ntwo\n");
  feed.rewind();
  EXPECT_EQ(feed.rest(), "one\ntwo\n");
  feed.advance(4);
  feed.rewind();
  EXPECT_EQ(feed.rest(), "two\n");
  feed.advance(3);
  feed.rewind();
  EXPECT_EQ(feed.rest(), "two\n");
  feed.advance(4);
  feed.rewind();
  EXPECT_TRUE(feed.is_empty());
}

TEST(LineFeed, drops_all_but_the_line_that_was_begun) {
  LineFeed feed;
  feed.drop_unbegun();
  EXPECT_TRUE(feed.is_empty());
  feed.put("one\ntwo\nthree\n");
  feed.advance(5);
  feed.drop_unbegun();
  EXPECT_EQ(feed.rest(), "wo\n");
  feed.drop_unbegun();
  EXPECT_EQ(feed.rest(), "wo\n");
  feed.put("one\ntwo\n");
  feed.advance(4);
  feed.drop_unbegun();
  EXPECT_TRUE(feed.is_empty());
  feed.put("one\n");
  feed.drop_unbegun();
  EXPECT_TRUE(feed.is_empty());
}

}  // namespace
}  // namespace suzaku::sinks
