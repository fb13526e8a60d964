#include "net/address.hpp"

#include <gtest/gtest.h>

namespace suzaku::net {
namespace {

Address address(const char* host, std::uint16_t port) {
  return {boost::asio::ip::make_address(host), port};
}

TEST(Address, is_told_in_words) {
  EXPECT_EQ(address("192.0.2.1", 4000).text(), "192.0.2.1:4000");
  EXPECT_EQ(address("2001:db8::1", 4000).text(), "[2001:db8::1]:4000");
  EXPECT_EQ(address("2001:db8::1", 4000).host(), "2001:db8::1");
  EXPECT_EQ(address("2001:db8::1", 4000).port(), 4000);
}

TEST(Address, without_a_port_is_the_host_alone) {
  EXPECT_EQ(address("192.0.2.1", 0).text(), "192.0.2.1");
  EXPECT_EQ(address("2001:db8::1", 0).text(), "2001:db8::1");
}

TEST(Address, ipv4_in_ipv6_is_shown_as_ipv4) {
  EXPECT_EQ(address("::ffff:192.0.2.1", 4000).text(), "192.0.2.1:4000");
}

}  // namespace
}  // namespace suzaku::net
