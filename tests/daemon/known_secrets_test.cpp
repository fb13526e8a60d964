#include "daemon/known_secrets.hpp"

#include <cstdlib>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace suzaku::daemon {
namespace {

TEST(KnownSecrets, are_those_of_the_url_and_of_the_proxy) {
  bridge::ConnectionOptions options{.name = "shop", .uri = "wss://user:hunter2%40more@example.com/socket"};
  options.socket.proxy = "http://user:of-the-proxy@proxy:3128";
  config::Secrets secrets;
  add_secrets(options, secrets);
  EXPECT_EQ(secrets.hide("hunter2%40more hunter2@more dXNlcjpodW50ZXIyQG1vcmU= of-the-proxy"),
            "[redacted] [redacted] [redacted] [redacted]");
}

TEST(KnownSecrets, are_those_of_the_proxies_of_the_environment) {
  ASSERT_EQ(::setenv("HTTPS_PROXY", "http://user:of-the-proxy@proxy:3128", 1), 0);
  bridge::ConnectionOptions options{.name = "shop", .uri = "wss://example.com/socket"};
  config::Secrets secrets;
  add_secrets(options, secrets);
  EXPECT_EQ(::unsetenv("HTTPS_PROXY"), 0);
  EXPECT_EQ(secrets.hide("of-the-proxy"), "[redacted]");
}

TEST(KnownSecrets, are_those_that_functions_have_returned) {
  bridge::ConnectionOptions options{.name = "shop", .uri = "ws://example.com"};
  std::string now = "first-one";
  options.socket.proxy = [&](const client::ConnectAttempt&) -> Result<std::optional<std::string>> {
    return "http://user:" + now + "@proxy";
  };
  options.auth_token = [&](const client::ConnectAttempt&) -> Result<std::string> { return "token-" + now; };
  config::Secrets secrets;
  add_secrets(options, secrets);
  for (const auto* each : {"first-one", "second-one"}) {
    now = each;
    EXPECT_TRUE(options.socket.proxy.get({}));
    EXPECT_TRUE(options.auth_token.get({}));
    EXPECT_EQ(secrets.hide(now + ", token-" + now).find(now), std::string::npos);
  }
}

}  // namespace
}  // namespace suzaku::daemon
