#include "config/spelling.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace suzaku::config {
namespace {

const std::vector<std::string> kNames = {"port", "host", "socket.max_channels", "socket.max_frame_size", "log.level"};

TEST(Spelling, FindsWhatWasMeant) {
  EXPECT_EQ(nearest_name("prot", kNames), "port");
  EXPECT_EQ(nearest_name("hosts", kNames), "host");
  EXPECT_EQ(nearest_name("socket.max_chanels", kNames), "socket.max_channels");
  EXPECT_EQ(nearest_name("log.lvl", kNames), "log.level");
}

TEST(Spelling, FindsWhatStandsUnderTheWrongParent) {
  EXPECT_EQ(nearest_name("max_channels", kNames), "socket.max_channels");
  EXPECT_EQ(nearest_name("socket.level", kNames), "log.level");
}

TEST(Spelling, FindsNothingInSomethingElse) {
  EXPECT_EQ(nearest_name("database", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("x", {}), std::nullopt);
}

}  // namespace
}  // namespace suzaku::config
