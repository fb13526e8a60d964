#include <fstream>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "net/tls.hpp"
#include "support/certificates.hpp"

namespace suzaku::net {
namespace {

using suzaku::test::Certificate;
using suzaku::test::TemporaryFolder;

TEST(TlsClientOptions, what_cannot_be_used_is_told) {
  const TemporaryFolder folder;
  const auto file = [&](const std::string& name) { return folder.file(name); };
  const Certificate authority({.name = "Test CA", .is_authority = true});
  authority.write(file("ca.pem"), file("ca.key"));

  const auto error = [](const TlsClientOptions& options) {
    const auto context = TlsContext::for_client(options);
    return context ? "none" : context.error().message;
  };
  const auto contains = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << text;
  };
  EXPECT_TRUE(contains(error({.ca_file = file("none.pem")}), "none.pem: No such file"));
  std::ofstream(file("empty.pem"));
  EXPECT_TRUE(contains(error({.ca_file = file("empty.pem")}), "empty.pem"));
  EXPECT_TRUE(contains(error({.certificate_file = file("ca.pem")}), "both"));
  EXPECT_TRUE(contains(error({.key_file = file("ca.key")}), "both"));
  EXPECT_TRUE(contains(error({.certificate_file = file("ca.pem"), .key_file = file("none.key")}), "none.key"));
  Certificate({.name = "other"}).write(file("other.pem"), file("other.key"));
  EXPECT_TRUE(contains(error({.certificate_file = file("ca.pem"), .key_file = file("other.key")}), "does not belong"));
  const std::string good = authority.pin();
  for (const std::string& pin : {std::string("abc"), "sha1" + good.substr(6), good.substr(0, good.size() - 1),
                                 good + "A", "sha256/" + std::string(43, '!') + "=", "sha256/" + std::string(44, 'A')})
    EXPECT_TRUE(contains(error({.pinned_keys = {good, pin}}), "pinned key \"" + pin + "\""));
  EXPECT_EQ(error({.pinned_keys = {good}}), "none");
}

TEST(TlsClientOptions, what_is_no_host_name_is_refused) {
  const auto context = TlsContext::for_client({.verify = false}).value();
  EXPECT_THROW(TlsSession(context, ""), std::invalid_argument);
  EXPECT_THROW(TlsSession(context, "."), std::invalid_argument);
  EXPECT_THROW(TlsSession(context, std::string("good.example\0.evil.example", 26)), std::invalid_argument);
  EXPECT_THROW(TlsSession(context, std::string(300, 'x')), std::invalid_argument);
}

}  // namespace
}  // namespace suzaku::net
