#include "signals/dead_letters.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace suzaku::signals {
namespace {

TEST(DeadLetters, thousands_of_dead_letters_are_one_log_line) {
  testing::internal::CaptureStderr();
  {
    std::uint64_t told = 0;
    DeadLetters letters([&](const Signal&, std::string_view why) { told += why == "gone" ? 1 : 0; });
    for (int i = 0; i < 2000; ++i) letters.add(Signal(), "gone");
    EXPECT_EQ(letters.count(), 2000U);
    EXPECT_EQ(told, 2000U);
  }
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_NE(logged.find("gone"), logged.npos);
  EXPECT_LT(std::count(logged.begin(), logged.end(), '\n'), 20) << logged;
}

}  // namespace
}  // namespace suzaku::signals
