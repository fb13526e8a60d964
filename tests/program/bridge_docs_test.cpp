// `suzaku bridge` with every configuration, and the program, that the docs show.
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

/// The first part of a page in this language.
std::string part_in(const std::filesystem::path& page, const std::string& language) {
  const std::string text = text_of(page);
  const auto at = text.find("```" + language + "\n");
  if (at == std::string::npos) throw std::runtime_error(page.string() + " has no part in " + language);
  const auto begin = text.find('\n', at) + 1;
  return text.substr(begin, text.find("```", begin) - begin);
}

TEST_F(BridgeProgram, TheProgramOfTheGuideAnswersEachMessageOnce) {
  folder.write("echo.py", part_in(std::filesystem::path(SUZAKU_SOURCE) / "docs/guides/bridge.md", "python"));
  std::string yaml = kConfiguration;
  boost::replace_first(yaml, "routes:", "  echo: {sink: command, command: [python3, echo.py]}\nroutes:");
  boost::replace_first(yaml, "to: print", "to: [print, echo]");
  Child bridge = start(yaml);
  await_connected(bridge);
  for (const std::string text : {"first", "second"}) {
    EXPECT_EQ(ctl({"push", "chat", "room:1", "shout", R"({"name": "Ada", "text": ")" + text + "\"}"}).code, 0);
    bridge.output_until("Ada said " + text);
  }
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.exit_code(), 0);
  EXPECT_EQ(count_of(R"("phoenixkind":"broadcast")", bridge.output()), 4U) << bridge.output();
  EXPECT_LACKS(bridge.errors(), "Traceback");
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
    for (const auto* const path : {"/run/suzaku/bridge.sock", "/tmp/suzaku-bridge.sock"})
      boost::replace_all(yaml, path, control);
    if (yaml.find("control:") == std::string::npos) yaml += "control: " + control + "\n";
    Child bridge = start(yaml);
    await_connected(bridge);
    bridge.signal(SIGTERM);
    EXPECT_EQ(bridge.exit_code(), 0) << bridge.errors();
  }
}

}  // namespace
}  // namespace suzaku::test
