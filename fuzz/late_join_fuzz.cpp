// Joins that are answered later, cancelled, refused, left and cut off, in any order: the replies are those of the
// model.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/log.hpp"
#include "server_testing/late_join_story.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  suzaku::log::configure(suzaku::log::Level::off, suzaku::log::Format::text);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string wrong = suzaku::server_testing::LateJoinStory({data, size}).run();
  if (wrong.empty()) return 0;
  std::fputs(wrong.c_str(), stderr);
  std::abort();
}
