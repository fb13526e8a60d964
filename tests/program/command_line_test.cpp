// The command line of the built program, and its configuration file.
#include <string>
#include <vector>

#include "server.hpp"

namespace suzaku::test {
namespace {

TEST(CommandLine, TellsItsVersion) {
  for (const std::string word : {"--version", "-V", "version"}) {
    const auto ended = run({word});
    EXPECT_EQ(ended.code, 0) << word;
    EXPECT_EQ(ended.output, "suzaku " SUZAKU_VERSION "\n");
  }
}

TEST(CommandLine, HelpListsTheCommands) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{}, {"help"}, {"--help"}, {"-h"}}) {
    const auto ended = run(arguments);
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.errors, "");
    for (const auto* part :
         {"Server:", "server", "Client of any Phoenix app:", "listen", "push", "join", "ping", "replay"})
      EXPECT_CONTAINS(ended.output, part);
  }
}

TEST(CommandLine, HelpOfACommandIsAskedForInTwoWays) {
  for (const auto& command : std::vector<std::vector<std::string>>{{"listen"}, {"bridge", "ctl"}}) {
    auto before = command;
    auto behind = command;
    before.insert(before.begin(), "help");
    behind.emplace_back("--help");
    EXPECT_EQ(run(before).code, 0);
    EXPECT_EQ(run(before).output, run(behind).output);
  }
  expect_complaint(run({"help", "listn"}), 2, "unknown argument listn; did you mean listen?");
}

TEST(CommandLine, HelpOfServerTeaches) {
  const auto ended = run({"server", "--help"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.errors, "");
  for (const auto* part : {"--port PORT", "[4000]", "--log-format FORMAT", "--config FILE",
                           "Limits:", "Examples:", "drain:\n", "${VARIABLE:-default}", "SIGTERM"})
    EXPECT_CONTAINS(ended.output, part);
}

TEST(CommandLine, RefusesBadUsageWithWordsThatHelp) {
  expect_complaint(run({"server", "--prot", "80"}), 2, "unknown argument --prot; did you mean --port?");
  expect_complaint(run({"server", "--port", "http"}), 2,
                   R"(--port: found "http", expected a whole number from 0 to 65535; see suzaku server --help)");
  expect_complaint(run({"server", "--port"}), 2, "--port: 1 required PORT missing; see suzaku server --help");
  expect_complaint(run({"server", "--socket-compress=maybe"}), 2,
                   R"(--socket-compress: found "maybe", expected true or false; see suzaku server --help)");
  expect_complaint(run({"sever"}), 2, "unknown argument sever; did you mean server?");
}

TEST(Configuration, IsReadFromAFileAndFlagsWin) {
  const Folder folder;
  folder.write("suzaku.yaml", "port: 1\nlog:\n  level: info\n  format: ${NOT_SET_ANYWHERE:-json}\n");
  Server server({"--config", "suzaku.yaml"}, {.folder = folder.path()});
  EXPECT_NE(server.port(), 1);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.child().errors().front(), '{');
}

TEST(Configuration, IsRefusedWithLineAndColumn) {
  const Folder folder;
  const auto file = folder.write("suzaku.yaml", "port: 4000\nsocket:\n  max_chanels: 5\n");
  expect_complaint(run({"server", "--config", file}), 1,
                   file + ":3:3: socket.max_chanels: unknown key; did you mean socket.max_channels?");
  folder.write("suzaku.yaml", "log:\n  format: xml\n");
  expect_complaint(run({"server", "--config", file}), 1,
                   file + R"(:2:11: log.format: found "xml", expected text or json)");
}

TEST(Configuration, ThatCannotBeReadIsRefused) {
  const Folder folder;
  expect_complaint(run({"server", "--config", folder.file("none.yaml")}), 1,
                   folder.file("none.yaml") + ": cannot read this configuration file: No such file or directory");
  expect_complaint(run({"server", "--config", folder.path()}), 1,
                   folder.path() + ": cannot read this configuration file: Is a directory");
}

}  // namespace
}  // namespace suzaku::test
