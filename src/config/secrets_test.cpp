#include "config/secrets.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace suzaku::config {
namespace {

/// The text when only the secrets of the URL are known.
std::string hidden(const std::string& url, const std::string& text) {
  Secrets secrets;
  secrets.add(secrets.secrets_in_url(url));
  return secrets.hide(text);
}

TEST(Secrets, ThatAreReplacedAreHiddenForAWhile) {
  Secrets secrets;
  secrets.add("constant");
  for (std::size_t i = 0; i <= Secrets::kMostReplaced + 1; ++i)
    secrets.replace("a", {"token-" + std::to_string(i) + "."});
  EXPECT_EQ(secrets.hide("constant token-0. token-1. token-101. other"),
            "[redacted] token-0. [redacted] [redacted] other");
}

TEST(Secrets, InUseAreHiddenHoweverOftenOthersAreReplaced) {
  Secrets secrets;
  secrets.replace("a", {"in-use-1", "in-use-2"});
  for (std::size_t i = 0; i < 10 * Secrets::kMostReplaced; ++i) secrets.replace("b", {"token-" + std::to_string(i)});
  EXPECT_EQ(secrets.hide("in-use-1 in-use-2"), "[redacted] [redacted]");
}

TEST(Secrets, OfAUrlAreItsPassword) {
  const std::string url = "wss://user-name:hunter2%40more@example.com/socket";
  EXPECT_EQ(hidden(url, "hunter2%40more, hunter2@more"), "[redacted], [redacted]");
  EXPECT_EQ(hidden(url, "Basic dXNlci1uYW1lOmh1bnRlcjJAbW9yZQ=="), "Basic [redacted]");
  EXPECT_EQ(hidden(url, "user-name of example.com"), "user-name of example.com");
}

TEST(Secrets, OfAUrlAreAUserWithoutAPassword) {
  for (const auto* url : {"ws://s3cret%2Ftoken@example.com", "ws://s3cret%2Ftoken:@example.com"})
    EXPECT_EQ(hidden(url, "s3cret%2Ftoken s3cret/token czNjcmV0L3Rva2VuOg=="), "[redacted] [redacted] [redacted]")
        << url;
}

TEST(Secrets, OfAUrlAreParametersThatAreNamedLikeThem) {
  EXPECT_EQ(hidden("ws://a/s?name=visible&user%5Btoken%5D=s3cret%2B+one&x", "visible s3cret%2B+one s3cret+ one"),
            "visible [redacted] [redacted]");
}

TEST(Secrets, OfAProxyMayStandInAUrlWithoutAScheme) {
  EXPECT_EQ(hidden("user:hunter2@proxy:3128", "hunter2"), "[redacted]");
  EXPECT_EQ(hidden("", "text"), "text");
}

TEST(Secrets, OfHeadersAreThoseOfTheUsualNames) {
  for (const auto* name :
       {"X-Api-Key", "Api-Key", "apikey", "X-Auth-Token", "Proxy-Authorization", "Cookie", "Set-Cookie"}) {
    Secrets secrets;
    const std::vector<client::Header> headers = {{name, "hunter2"}};
    secrets.add(secrets.secrets_in(headers));
    EXPECT_EQ(secrets.hide("hunter2"), "[redacted]") << name;
  }
}

TEST(Secrets, OfHeadersAreHiddenWithoutTheirSchemeToo) {
  Secrets secrets;
  const std::vector<client::Header> headers = {{"Authorization", "Bearer t0ken-1"}, {"X-Tenant", "visible"}};
  secrets.add(secrets.secrets_in(headers));
  EXPECT_EQ(secrets.hide("Bearer t0ken-1, t0ken-1, visible"), "[redacted], [redacted], visible");
}

}  // namespace
}  // namespace suzaku::config
