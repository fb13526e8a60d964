// `suzaku bridge` with every configuration that the docs show.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/algorithm/string/replace.hpp>

#include "bridge_program.hpp"

namespace suzaku::test {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The ```yaml parts of a page that are whole configurations.
std::vector<std::string> configurations_in(const std::filesystem::path& page) {
  const std::string text = text_of(page);
  std::vector<std::string> found;
  for (std::size_t at = 0; (at = text.find("```yaml\n", at)) != std::string::npos;) {
    at += 8;
    std::string yaml = text.substr(at, text.find("```", at) - at);
    if (yaml.find("connections:") != std::string::npos) found.push_back(std::move(yaml));
  }
  return found;
}

std::vector<std::string> documented_configurations() {
  const std::filesystem::path source = SUZAKU_SOURCE;
  std::vector<std::string> all = {text_of(source / "examples/bridge/bridge.yaml"),
                                  text_of(source / "packaging/bridge.yaml")};
  for (const auto* page : {"README.md", "docs/guides/bridge.md", "docs/guides/bridge-configuration.md"})
    for (std::string& yaml : configurations_in(source / page)) all.push_back(std::move(yaml));
  return all;
}

TEST_F(BridgeProgram, RunsEveryConfigurationOfTheDocs) {
  const auto all = documented_configurations();
  ASSERT_GE(all.size(), 3U);
  std::filesystem::copy(std::filesystem::path(SUZAKU_SOURCE) / "examples/bridge/answer.py", folder.path());
  for (const auto* const secret : {"shop", "hook"}) folder.write(secret, "hush-hush");
  for (std::string yaml : all) {
    SCOPED_TRACE(yaml);
    yaml = std::regex_replace(yaml, std::regex("wss?://[^/ ]+/socket"), server.url());  // in place of the named host
    for (const auto* const place : {"/run/secrets/", "/var/lib/suzaku/", "/var/log/suzaku/"})
      boost::replace_all(yaml, place, folder.path() + "/");
    boost::replace_all(yaml, "/run/suzaku/bridge.sock", control);
    if (yaml.find("control:") == std::string::npos) yaml += "control: " + control + "\n";
    Child bridge = start(yaml);
    await_connected(bridge);
    bridge.signal(SIGTERM);
    EXPECT_EQ(bridge.exit_code(), 0) << bridge.errors();
  }
}

}  // namespace
}  // namespace suzaku::test
