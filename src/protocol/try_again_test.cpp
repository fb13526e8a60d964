#include "protocol/try_again.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace suzaku::protocol {
namespace {

/// The last column of the table of close codes in docs/protocol.md, for each code.
std::map<int, std::string> codes_of_the_page() {
  std::ifstream page(SUZAKU_PROTOCOL_PAGE);
  std::map<int, std::string> found;
  bool is_in_section = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) is_in_section = line == "## Close codes";
    if (!is_in_section || !line.starts_with("| ") || line.starts_with("| code")) continue;
    const std::size_t end = line.rfind(" |");
    const std::size_t begin = line.rfind("| ", end - 1) + 2;
    std::string codes = line.substr(2, line.find(" |") - 2);
    std::ranges::replace(codes, ',', ' ');
    std::istringstream numbers(codes);
    for (int code = 0; numbers >> code;) found[code] = line.substr(begin, end - begin);
  }
  return found;
}

TEST(TryAgain, page_of_the_protocol_says_the_same_of_each_close_code) {
  const std::map<int, std::string> page = codes_of_the_page();
  EXPECT_EQ(page.size(), 10U);
  for (const auto& [code, answer] : page)
    EXPECT_EQ(answer, may_try_again_after_close(static_cast<std::uint16_t>(code)) ? "yes" : "no") << code;
}

TEST(TryAgain, only_a_few_close_codes_are_final) {
  for (int code = 0; code <= 4999; ++code)
    EXPECT_EQ(may_try_again_after_close(static_cast<std::uint16_t>(code)), code != 1008 && code != 3000) << code;
}

TEST(TryAgain, an_http_request_may_succeed_later_or_with_other_credentials_but_never_both) {
  for (const int status : {408, 425, 429, 500, 501, 502, 503, 504, 599})
    EXPECT_TRUE(may_try_again_after_http(status)) << status;
  for (const int status : {101, 200, 301, 400, 401, 403, 404, 410, 413, 426, 451, 499, 600})
    EXPECT_FALSE(may_try_again_after_http(status)) << status;
  for (int status = 100; status < 600; ++status) {
    EXPECT_EQ(needs_other_credentials(status), status == 401 || status == 403) << status;
    EXPECT_FALSE(needs_other_credentials(status) && may_try_again_after_http(status)) << status;
  }
}

TEST(TryAgain, a_join_may_succeed_later_unless_the_connection_has_too_many_channels) {
  for (const std::string_view reason :
       {join_refusal::kUnmatchedTopic, join_refusal::kTopicTooLong, join_refusal::kJoinCrashed,
        join_refusal::kJoinCancelled, join_refusal::kJoinTimeout, std::string_view("unauthorized"), std::string_view()})
    EXPECT_TRUE(may_try_again_after_join(reason)) << reason;
  EXPECT_FALSE(may_try_again_after_join("too many channels joined"));
}

}  // namespace
}  // namespace suzaku::protocol
