#include "base/limited_log.hpp"

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::log {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class LimitedLogTest : public testing::Test {
 protected:
  LimitedLogTest() { configure(Level::info, Format::text); }
  ~LimitedLogTest() override { configure(Level::info, Format::text); }

  /// What `work` writes, without times and levels.
  template <class Work>
  static Lines logged(Work work) {
    testing::internal::CaptureStderr();
    work();
    std::istringstream text(testing::internal::GetCapturedStderr());
    Lines lines;
    for (std::string line; std::getline(text, line);)
      lines.push_back(line.substr(std::string("00:00:00.000 warning ").size()));
    return lines;
  }
  void refuse(int count) {
    for (int i = 0; i < count; ++i) log->warning("refused {}", i);
  }

  LimitedLog::Clock::time_point now{};
  int planned = 0;
  std::optional<LimitedLog> log{std::in_place, [this] { ++planned; }, [this] { return now; }};
};

TEST_F(LimitedLogTest, a_flood_is_ten_lines_a_second_and_a_count) {
  const Lines first = logged([&] { refuse(1000); });
  ASSERT_EQ(first.size(), 10u);
  EXPECT_EQ(first.back(), "refused 9");
  now += 999ms;
  EXPECT_EQ(logged([&] { refuse(5); }), Lines());
  now += 1ms;
  EXPECT_EQ(logged([&] { refuse(2); }), (Lines{"refused 0 (995 like it left out)", "refused 1"}));
}

TEST_F(LimitedLogTest, each_kind_has_a_limit_of_its_own) {
  const Lines lines = logged([&] {
    refuse(20);
    log->error("crashed: {}", "why");
    log->write(Level::error, "another kind", "in these words");
  });
  ASSERT_EQ(lines.size(), 12u);
  EXPECT_EQ(lines[10], "crashed: why");
  EXPECT_EQ(lines[11], "in these words");
}

TEST_F(LimitedLogTest, what_is_left_out_is_told_also_when_the_flood_has_stopped) {
  logged([&] { refuse(13); });
  EXPECT_EQ(planned, 1) << "once, whatever comes until then";
  now += 500ms;
  EXPECT_EQ(logged([&] { log->tell_left_out(); }), Lines());
  EXPECT_EQ(planned, 2) << "too early: again later";
  now += 500ms;
  EXPECT_EQ(logged([&] { log->tell_left_out(); }), Lines{"3 more lines like this were left out: refused {}"});
  EXPECT_EQ(planned, 2);
  EXPECT_EQ(logged([&] { refuse(1); }), Lines{"refused 0"});
}

TEST_F(LimitedLogTest, what_is_left_out_is_told_at_the_end) {
  logged([&] { refuse(13); });
  EXPECT_EQ(logged([&] { log.reset(); }), Lines{"3 more lines like this were left out: refused {}"});
}

TEST_F(LimitedLogTest, a_line_that_is_cut_keeps_its_count) {
  const auto flood = [&] {
    for (int i = 0; i < 12; ++i) log->warning("refused {}", std::string(5000, 'x'));
  };
  logged(flood);
  now += 1s;
  EXPECT_TRUE(logged(flood).front().ends_with("xxx... (2 like it left out)"));
}

TEST_F(LimitedLogTest, at_level_debug_more_is_shown) {
  const auto flood = [&] {
    for (int i = 0; i < 1000; ++i) log->debug("handled {}", i);
  };
  EXPECT_EQ(logged(flood), Lines());
  EXPECT_EQ(planned, 0) << "nobody would have seen them";
  configure(Level::debug, Format::text);
  EXPECT_EQ(logged(flood).size(), 100u);
}

}  // namespace
}  // namespace suzaku::log
