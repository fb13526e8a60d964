// Agents that would write to the same file.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "config/config_test.hpp"

namespace suzaku::config {
namespace {

TEST(BridgeMistakes, OfFilesThatTwoAgentsWouldWriteTo) {
  const std::string absolute = std::filesystem::current_path() / "x";
  EXPECT_EQ(mistakes("connections: {shop: {url: wss://example.com/socket}}\n"
                     "agents:\n"
                     "  a: {sink: file, path: x}\n"
                     "  b: {sink: webhook, url: \"https://x\", spool: ./y/../x}\n"
                     "  c: {sink: file, path: " +
                     absolute +
                     "}\n"
                     "  d: {sink: file, path: y}\n"
                     "routes: [{from: \"**\", to: [a, b, c, d]}]"),
            "a.yaml:4:47: agents.b.spool: this is the file of agents.a.path too; expected one for each\n"
            "a.yaml:5:25: agents.c.path: this is the file of agents.a.path too; expected one for each\n");
}

TEST(BridgeMistakes, OfFilesThatAreTheSameByAnotherName) {
  const std::string link = testing::TempDir() + "suzaku_mistakes_link";
  std::filesystem::remove(link);
  std::filesystem::create_directory_symlink(testing::TempDir(), link);
  EXPECT_EQ(mistakes("connections: {shop: {url: wss://example.com/socket}}\n"
                     "agents:\n"
                     "  a: {sink: file, path: " +
                     testing::TempDir() +
                     "x}\n"
                     "  b: {sink: file, path: " +
                     link +
                     "/x}\n"
                     "routes: [{from: \"**\", to: [a, b]}]"),
            "a.yaml:4:25: agents.b.path: this is the file of agents.a.path too; expected one for each\n");
  std::filesystem::remove(link);
}

TEST(BridgeMistakes, OfFilesWhenTheWorkingDirectoryIsGone) {
  const auto before = std::filesystem::current_path();
  const std::string gone = testing::TempDir() + "suzaku_mistakes_gone";
  std::filesystem::create_directory(gone);
  std::filesystem::current_path(gone);
  std::filesystem::remove(gone);
  std::string found;
  EXPECT_NO_THROW(found = mistakes("connections: {shop: {url: wss://example.com/socket}}\n"
                                   "agents:\n"
                                   "  a: {sink: file, path: x}\n"
                                   "  b: {sink: file, path: ./x}\n"
                                   "  c: {sink: file, path: y}\n"
                                   "routes: [{from: \"**\", to: [a, b, c]}]"));
  std::filesystem::current_path(before);
  EXPECT_EQ(found, "a.yaml:4:25: agents.b.path: this is the file of agents.a.path too; expected one for each\n");
}

}  // namespace
}  // namespace suzaku::config
