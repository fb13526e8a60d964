#include "ws/handshake.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace suzaku::ws {
namespace {

constexpr const char* kAnswer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

TEST(Handshake, accept_key_is_the_one_of_the_rfc) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Handshake, deflate_offers_that_can_be_met_are_accepted) {
  const std::vector<std::string> offers{
      "permessage-deflate",
      "permessage-deflate; client_max_window_bits",
      "permessage-deflate; client_max_window_bits=8",
      "permessage-deflate; client_max_window_bits=\"15\"",
      "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
      " \tpermessage-deflate ; client_max_window_bits = 10 ",
      ",, permessage-deflate",
      "x-webkit-deflate-frame, permessage-deflate",
      "other; a=\"x, permessage-deflate; y\"; b, permessage-deflate",
      "other; a=\"\\\"quoted\\\"\", permessage-deflate",
      "permessage-deflate; server_max_window_bits=10, permessage-deflate",
      "permessage-deflate; unknown, permessage-deflate; client_max_window_bits",
  };
  for (const std::string& offer : offers) EXPECT_EQ(negotiate_deflate(offer), kAnswer) << offer;
}

TEST(Handshake, a_window_that_the_client_asked_for_is_confirmed) {
  const std::string expected = std::string(kAnswer) + "; server_max_window_bits=15";
  EXPECT_EQ(negotiate_deflate("permessage-deflate; server_max_window_bits=15"), expected);
  EXPECT_EQ(negotiate_deflate("permessage-deflate; server_max_window_bits=\"15\""), expected);
}

TEST(Handshake, deflate_offers_that_cannot_be_met_are_refused) {
  const std::vector<std::string> offers{
      "",
      "permessage-deflate-2",
      "permessage-bzip2",
      "other; a=\"permessage-deflate\"",
      "permessage-deflate; unknown",
      "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
      "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
      "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
      "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15",
      "permessage-deflate; server_no_context_takeover=1",
      "permessage-deflate; client_no_context_takeover=true",
      "permessage-deflate; server_max_window_bits",
      "permessage-deflate; server_max_window_bits=14",
      "permessage-deflate; server_max_window_bits=16",
      "permessage-deflate; client_max_window_bits=7",
      "permessage-deflate; client_max_window_bits=16",
      "permessage-deflate; client_max_window_bits=08",
      "permessage-deflate; client_max_window_bits=\"\"",
      // not a list of extensions at all
      "permessage-deflate;",
      "permessage-deflate; ;client_max_window_bits",
      "permessage-deflate; client_max_window_bits=",
      "permessage-deflate; client_max_window_bits=\"10",
      "permessage-deflate; client_max_window_bits=\"10\\",
      "permessage-deflate client_max_window_bits",
      "=, permessage-deflate",
  };
  for (const std::string& offer : offers) EXPECT_EQ(negotiate_deflate(offer), std::nullopt) << offer;
}

TEST(Handshake, list_contains_a_token_whatever_its_case_and_place) {
  EXPECT_TRUE(list_contains("Upgrade", "upgrade"));
  EXPECT_TRUE(list_contains("keep-alive, Upgrade", "upgrade"));
  EXPECT_TRUE(list_contains("keep-alive ,\tUPGRADE\t, x", "Upgrade"));
  EXPECT_TRUE(list_contains(",,websocket", "websocket"));
}

TEST(Handshake, list_contains_no_part_of_a_token) {
  EXPECT_FALSE(list_contains("", "upgrade"));
  EXPECT_FALSE(list_contains("keep-alive", "upgrade"));
  EXPECT_FALSE(list_contains("no-upgrade, upgrades, up grade", "upgrade"));
}

}  // namespace
}  // namespace suzaku::ws
