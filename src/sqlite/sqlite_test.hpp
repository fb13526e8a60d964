#pragma once

#include <functional>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "sqlite/database.hpp"
#include "support/certificates.hpp"

namespace suzaku::sqlite {

class SqliteTest : public testing::Test {
 protected:
  /// The code of the failure of `work`; none if it does not fail.
  static std::optional<Code> code_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return std::nullopt;
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_.file("database");
};

}  // namespace suzaku::sqlite
