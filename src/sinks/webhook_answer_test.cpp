#include "sinks/webhook_answer.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace suzaku::sinks {
namespace {

TEST(WebhookAnswer, each_status_has_its_verdict) {
  const std::map<Verdict, std::set<int>> exceptions = {
      {Verdict::refused, {400, 409, 413, 414, 415, 422, 431}},
      {Verdict::unavailable,
       {401, 402, 403, 404, 405, 407, 408, 421, 423, 424, 425, 426, 428, 429, 451, 502, 503, 504, 511}},
      {Verdict::gone, {410}}};
  for (int status = 0; status < 1'000; ++status) {
    Verdict expected = Verdict::failed;
    if (status >= 200 && status < 300) expected = Verdict::delivered;
    if (status >= 300 && status < 400) expected = Verdict::unavailable;
    for (const auto& [verdict, statuses] : exceptions)
      if (statuses.contains(status)) expected = verdict;
    EXPECT_EQ(verdict_of(status), expected) << status;
  }
}

}  // namespace
}  // namespace suzaku::sinks
