// `suzaku bridge` that reads its configuration again.
#include <filesystem>
#include <regex>
#include <string>

#include <boost/algorithm/string/replace.hpp>

#include "bridge_program.hpp"

namespace suzaku::test {
namespace {

TEST_F(BridgeProgram, ReadsItsConfigurationAgainOnSighup) {
  Child bridge = start(kConfiguration);
  bridge.output_until("suzaku.channel.joined");
  std::string changed = kConfiguration;
  boost::replace_first(changed, "[room:1]", "[room:1, room:2]");
  folder.write("bridge.yaml", changed);
  bridge.signal(SIGHUP);
  bridge.output_until("\"phoenixtopic\":\"room:2\"");
  EXPECT_CONTAINS(bridge.errors_until("read again"), "changed connection chat");

  folder.write("bridge.yaml", "connections: 7\n");
  bridge.signal(SIGHUP);
  bridge.errors_until("bridge.yaml:1:14");
  const Ended reload = ctl({"reload"});
  EXPECT_EQ(reload.code, 1);
  EXPECT_CONTAINS(reload.errors, "bridge.yaml:1:14");
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.exit_code(), 0);
}

TEST_F(BridgeProgram, KeepsWhatRunsWhenTheMachineLacksWhatANewConfigurationNames) {
  std::string yaml = kConfiguration;
  boost::replace_first(yaml, "routes:", "  bot: {sink: command, command: [cat]}\nroutes:\n  - {from: x, to: bot}");
  Child bridge = start(yaml);
  await_connected(bridge);
  std::string wrong = yaml;
  boost::replace_first(wrong, "[cat]", "[/nope/prog]");
  boost::replace_first(wrong, "backoff: [20ms]", "backoff: [20ms], timeout: 5w");
  folder.write("bridge.yaml", wrong);
  const Ended reload = ctl({"reload"});
  EXPECT_EQ(reload.code, 1);
  EXPECT_EQ(reload.output, "");
  EXPECT_EQ(count_of("suzaku: ", reload.errors), 2U) << reload.errors;
  EXPECT_CONTAINS(reload.errors, "suzaku: " + folder.file("bridge.yaml") + ":4:");
  EXPECT_CONTAINS(reload.errors,
                  "agents.bot.command: cannot start the program /nope/prog: No such file or directory\n");
  EXPECT_EQ(count_of("stays as it was", bridge.errors_until("/nope/prog")), 2U);
  EXPECT_TRUE(std::regex_search(ctl({"status"}).output, std::regex("bot +command +running")));
}

TEST_F(BridgeProgram, ReloadsThoughAProgramThatRunsCannotBeFoundAnyMore) {
  std::filesystem::copy("/bin/cat", folder.file("bot"));
  std::string yaml = kConfiguration;
  boost::replace_first(yaml, "routes:", "  bot: {sink: command, command: [./bot]}\nroutes:\n  - {from: x, to: bot}");
  Child bridge = start(yaml);
  await_connected(bridge);
  std::filesystem::remove(folder.file("bot"));
  boost::replace_first(yaml, "[room:1]", "[room:1, room:2]");
  folder.write("bridge.yaml", yaml + "log: {level: error}\n");
  const Ended reload = ctl({"reload"});
  EXPECT_EQ(reload.code, 0) << reload.errors;
  EXPECT_EQ(reload.errors, "suzaku: the new value of log.level counts after a restart\n");
  const std::string log = bridge.errors_until("read again");
  EXPECT_CONTAINS(log, "changed connection chat");
  EXPECT_CONTAINS(log, "the new value of log.level counts after a restart");
}

TEST_F(BridgeProgram, EndsWellThoughItIsToldToReadItsConfigurationMeanwhile) {
  std::string stuck = kConfiguration;
  boost::replace_first(stuck, "{sink: stdout}", "{sink: command, command: [sleep, \"1000\"]}");
  Child bridge = start(stuck);
  await_connected(bridge);
  bridge.signal(SIGTERM);
  bridge.errors_until("about to end");
  bridge.signal(SIGHUP);
  EXPECT_EQ(bridge.exit_code(), 0);
}

}  // namespace
}  // namespace suzaku::test
