#include "net/endpoint.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::net {
namespace {

Endpoint at(const std::string& host) {
  return {boost::asio::ip::make_address(host), 4000};
}

std::vector<std::string> order(const std::vector<std::string>& hosts) {
  std::vector<Endpoint> endpoints;
  for (const std::string& host : hosts) endpoints.push_back(at(host));
  std::vector<std::string> names;
  for (const Endpoint& endpoint : interleave(endpoints)) names.push_back(endpoint.address().to_string());
  return names;
}

using Hosts = std::vector<std::string>;

TEST(Endpoint, families_take_turns_and_the_first_begins) {
  EXPECT_EQ(order({"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"}),
            (Hosts{"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2"}));
  EXPECT_EQ(order({"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"}),
            (Hosts{"192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"}));
}

TEST(Endpoint, one_family_alone_keeps_its_order) {
  EXPECT_EQ(order({"192.0.2.3", "192.0.2.1", "192.0.2.2"}), (Hosts{"192.0.2.3", "192.0.2.1", "192.0.2.2"}));
  EXPECT_EQ(order({}), Hosts{});
}

TEST(Endpoint, an_address_is_tried_once) {
  EXPECT_EQ(order({"192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.1"}), (Hosts{"192.0.2.1", "192.0.2.2"}));
}

TEST(Endpoint, a_name_with_very_many_addresses_is_not_followed_through) {
  Hosts hosts;
  for (int i = 0; i < 200; ++i) hosts.push_back("192.0.2." + std::to_string(i));
  EXPECT_EQ(order(hosts), Hosts(hosts.begin(), hosts.begin() + 16));
}

RC_GTEST_PROP(Endpoint, whatever_the_order_given_each_is_there_and_no_family_waits_twice, ()) {
  const auto sixes = *rc::gen::container<std::vector<bool>>(*rc::gen::inRange(0, 16), rc::gen::arbitrary<bool>());
  std::vector<Endpoint> given;
  for (std::size_t i = 0; i < sixes.size(); ++i)
    given.push_back(at((sixes[i] ? "2001:db8::" : "192.0.2.") + std::to_string(i + 1)));
  const std::vector<Endpoint> ordered = interleave(given);
  RC_ASSERT(std::set(given.begin(), given.end()) == std::set(ordered.begin(), ordered.end()));
  for (const bool six : {false, true}) {  // within a family nothing changes places
    const auto is_other = [&](const Endpoint& endpoint) { return endpoint.address().is_v6() != six; };
    std::vector<Endpoint> before = given;
    std::vector<Endpoint> after = ordered;
    std::erase_if(before, is_other);
    std::erase_if(after, is_other);
    RC_ASSERT(before == after);
  }
  bool changing = true;  // once the families stop taking turns, one of them is used up
  for (std::size_t i = 1; i < ordered.size(); ++i) {
    const bool changes = ordered[i].protocol() != ordered[i - 1].protocol();
    RC_ASSERT(changing || !changes);
    changing = changes;
  }
}

}  // namespace
}  // namespace suzaku::net
