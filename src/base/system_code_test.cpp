#include "base/system_code.hpp"

#include <map>

#include <gtest/gtest.h>

namespace suzaku {
namespace {

TEST(SystemCode, failures_that_callers_act_on_are_told_apart) {
  const std::map<int, ErrorCode> codes = {{ENOENT, ErrorCode::not_found},
                                          {EEXIST, ErrorCode::exists},
                                          {EACCES, ErrorCode::refused},
                                          {EADDRINUSE, ErrorCode::busy},
                                          {ECONNREFUSED, ErrorCode::unavailable},
                                          {ETIMEDOUT, ErrorCode::timeout},
                                          {ENAMETOOLONG, ErrorCode::too_large},
                                          {ENOSPC, ErrorCode::full},
                                          {EIO, ErrorCode::io}};
  for (const auto& [error, code] : codes) EXPECT_EQ(system_code(error), code) << error;
}

TEST(SystemCode, a_failure_without_a_code_is_of_another_kind) {
  const Result<int> failed = failure("words");
  EXPECT_EQ(failed.error().code, ErrorCode::other);
  EXPECT_EQ(Error{"words"}.code, ErrorCode::other);
  const Result<int> full = failure(ErrorCode::full, "no room");
  EXPECT_EQ(full.error().code, ErrorCode::full);
  EXPECT_EQ(full.error().message, "no room");
}

}  // namespace
}  // namespace suzaku
