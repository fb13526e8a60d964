#include "client/core/authorization.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::client::core {
namespace {

TEST(Authorization, is_basic_with_what_the_escapes_mean) {
  EXPECT_EQ(basic_authorization(""), "");
  EXPECT_EQ(basic_authorization("ann:secret"), "Basic YW5uOnNlY3JldA==");
  EXPECT_EQ(basic_authorization("ann"), "Basic YW5uOg==");
  EXPECT_EQ(basic_authorization(":secret"), "Basic OnNlY3JldA==");
  EXPECT_EQ(basic_authorization("ann:s%40c:r%2Ft"), "Basic YW5uOnNAYzpyL3Q=");
  EXPECT_EQ(basic_authorization("%0d%0a:x"), "Basic DQo6eA==");
  EXPECT_EQ(basic_authorization("a+b:%zz"), "Basic YStiOiV6eg==");
}

TEST(Authorization, is_a_header_unless_there_is_one) {
  const auto names = [](const std::vector<Header>& headers) {
    std::string names;
    for (const auto& [name, value] : headers) names += name + '=' + value + ' ';
    return names;
  };
  EXPECT_EQ(names(with_authorization({{"X-A", "1"}}, "Basic x")), "X-A=1 Authorization=Basic x ");
  EXPECT_EQ(names(with_authorization({{"AUTHORIZATION", "Bearer y"}}, "Basic x")), "AUTHORIZATION=Bearer y ");
  EXPECT_EQ(names(with_authorization({}, "")), "");
}

}  // namespace
}  // namespace suzaku::client::core
