#include "net/network.hpp"

#include <string>

#include <gtest/gtest.h>

namespace suzaku::net {
namespace {

bool network_contains(std::string_view network, std::string_view ip) {
  return Network::parse(network).value().contains(parse_ip(ip).value());
}

TEST(Network, of_one_address_is_that_address) {
  EXPECT_TRUE(network_contains("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(network_contains("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(network_contains("::1", "0:0:0:0:0:0:0:1"));
  EXPECT_FALSE(network_contains("::1", "::2"));
}

TEST(Network, has_all_addresses_that_begin_alike) {
  EXPECT_TRUE(network_contains("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(network_contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(network_contains("192.0.2.128/25", "192.0.2.255"));
  EXPECT_FALSE(network_contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(network_contains("192.0.2.6/31", "192.0.2.7"));
  EXPECT_FALSE(network_contains("192.0.2.6/31", "192.0.2.8"));
  EXPECT_TRUE(network_contains("fd00::/7", "fc00::1"));
  EXPECT_FALSE(network_contains("fd00::/8", "fc00::1"));
  EXPECT_TRUE(network_contains("2001:db8::/33", "2001:db8:7fff::"));
  EXPECT_FALSE(network_contains("2001:db8::/33", "2001:db8:8000::"));
  EXPECT_TRUE(network_contains("10.9.9.9/8", "10.1.1.1")) << "other bits than the first do not count";
}

TEST(Network, of_no_bits_has_all_addresses_of_its_family) {
  EXPECT_TRUE(network_contains("0.0.0.0/0", "255.255.255.255"));
  EXPECT_TRUE(network_contains("::/0", "2001:db8::1"));
  EXPECT_FALSE(network_contains("0.0.0.0/0", "::1"));
  EXPECT_FALSE(network_contains("::/0", "192.0.2.1"));
}

TEST(Network, takes_ipv4_that_is_written_as_ipv6_for_ipv4) {
  EXPECT_TRUE(network_contains("192.0.2.0/24", "::ffff:192.0.2.7"));
  EXPECT_TRUE(network_contains("::ffff:192.0.2.0/120", "192.0.2.7"));
  EXPECT_FALSE(network_contains("::ffff:192.0.2.0/120", "192.0.3.7"));
  EXPECT_TRUE(network_contains("::ffff:192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(network_contains("::/64", "::ffff:192.0.2.7"));
}

TEST(Network, is_nothing_else) {
  for (const auto* text : {"",
                           "/",
                           "/8",
                           "10.0.0.0/",
                           "10.0.0.0/33",
                           "10.0.0.0/-1",
                           "10.0.0.0/8x",
                           "10.0.0.0/8/8",
                           "::1/129",
                           "::ffff:10.0.0.0/95",
                           "10.0.0",
                           "10.0.0.256",
                           "010.0.0.1",
                           " 10.0.0.1",
                           "localhost",
                           "fe80::1%lo",
                           "[::1]",
                           "10.0.0.1:80",
                           "unix:",
                           "*"})
    EXPECT_FALSE(Network::parse(text)) << text;
  EXPECT_EQ(Network::parse("local").error().message,
            "\"local\" is no address or network; expected one such as 192.0.2.7, 10.0.0.0/8 or fd00::/8");
}

TEST(LoopbackHost, is_this_machine_by_name_or_address) {
  for (const auto* host : {"localhost", "LOCALHOST", "localhost.", "app.localhost", "127.0.0.1", "127.9.9.9", "::1",
                           "[::1]", "::ffff:127.0.0.1"})
    EXPECT_TRUE(is_loopback_host(host)) << host;
  for (const auto* host : {"", "notlocalhost", "localhost.evil.com", "127.0.0.1.evil.com", "128.0.0.1", "0.0.0.0",
                           "::", "::2", "[::1", "null", "127.0.0.1:80"})
    EXPECT_FALSE(is_loopback_host(host)) << host;
}

}  // namespace
}  // namespace suzaku::net
