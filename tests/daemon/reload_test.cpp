#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "daemon_test.hpp"
#include "program/child.hpp"

namespace suzaku::daemon {
namespace {

using namespace std::chrono_literals;

class ReloadTest : public DaemonTest {
 protected:
  ReloadTest() {
    yaml = R"(
connections:
  one: {url: "${URL}", channels: [room:1], proxy: ""}
agents:
  all: {sink: file, path: "${FOLDER}all_0"}
  cat: {sink: command, grace: 30s, command: [sh, -c, "cat >> ${FOLDER}cat_0; while [ -e ${FOLDER}held ]; do sleep 0.01; done"]}
routes:
  - {from: suzaku.one.*.shout, to: all}
  - {from: suzaku.one.*.shout, to: cat}
stop_deadline: 1s
)";
  }
  void push(int n) {
    const Json reply = ask(
        {{"command", "push"}, {"connection", "one"}, {"topic", "room:1"}, {"event", "shout"}, {"payload", {{"n", n}}}});
    ASSERT_EQ(reply.at("ok"), true) << reply;
  }
  static std::string line_with(int n) { return "\"data\":{\"n\":" + std::to_string(n) + "}"; }
  /// The pushed messages, in the order of the files.
  std::vector<std::int64_t> written(const std::string& what, int files) const {
    std::vector<std::int64_t> all;
    for (int i = 0; i < files; ++i) {
      std::istringstream lines(scratch.read(what + std::to_string(i)));
      for (std::string line; std::getline(lines, line);)
        all.push_back(boost::json::parse(line).at("data").at("n").as_int64());
    }
    return all;
  }
  static std::vector<std::int64_t> numbers(int count) {
    std::vector<std::int64_t> all;
    for (int i = 0; i < count; ++i) all.push_back(i);
    return all;
  }
  /// Gives the agent another file.
  void change(const std::string& what, int to) {
    replace(yaml, what + std::to_string(to - 1), what + std::to_string(to));
  }
  void reload() {
    const auto changes = daemon->reload();
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_EQ(changes->changed.size(), 1U);
    EXPECT_EQ(changes->failed, std::vector<std::string>());
  }
  /// A connection to a server that can be stopped, so that it ends slowly.
  void add_slow_connection(const std::string& stop_deadline) {
    replace(yaml, "agents:",
            "  slow: {url: \"" + real::url_of(slow_server.port()) +
                "\", channels: [room:1], proxy: \"\", stop_deadline: " + stop_deadline + "}\nagents:");
  }
  void change_slow_connection() { replace(yaml, "channels: [room:1], proxy: \"\", stop", "proxy: \"\", stop"); }

  test::Child slow_server{{"--loops", "1", "--port", "0"}};
};

TEST_F(ReloadTest, every_message_arrives_once_while_an_agent_is_changed_repeatedly) {
  constexpr int kMessages = 1'500;
  start();
  await_joined("one", 1);
  std::atomic<bool> is_pushing = true;
  std::thread pushing([&] {
    for (int n = 0; n < kMessages; ++n) push(n);
    is_pushing = false;
  });
  int changes = 0;
  while (is_pushing) {
    change("all_", ++changes);
    reload();
  }
  pushing.join();
  EXPECT_GT(changes, 1);
  real::await([&] {  // the message may have arrived before the last change
    const auto has_last = [&](int file) {
      return scratch.read("all_" + std::to_string(file)).find(line_with(kMessages - 1)) != std::string::npos;
    };
    return has_last(changes) || has_last(changes - 1);
  });
  EXPECT_EQ(written("all_", changes + 1), numbers(kMessages));
}

TEST_F(ReloadTest, signals_that_arrive_while_an_old_sink_ends_wait_for_the_new_one) {
  constexpr int kEach = 100;
  start();
  await_joined("one", 1);
  int n = 0;
  const auto push_some = [&] {
    for (int i = 0; i < kEach; ++i) push(n++);
  };
  push_some();
  await_in("cat_0", line_with(n - 1));
  for (const int round : {1, 2}) {
    std::ofstream(scratch.file("held")) << "by the test";
    change("cat_", round);
    auto reloading = std::async(std::launch::async, [this] { reload(); });
    real::await([&] { return !agent("cat").as_object().contains("pid"); });
    push_some();
    std::filesystem::remove(scratch.file("held"));
    reloading.get();
    await_in("cat_" + std::to_string(round), line_with(n - 1));
  }
  EXPECT_EQ(written("cat_", 3), numbers(n));
  EXPECT_EQ(written("all_", 1), numbers(n));
}

TEST_F(ReloadTest, a_stuck_sink_loses_no_more_than_its_current_batch) {
  constexpr int kMessages = 1'000;  // many more than fit into a pipe
  replace(yaml, "cat >> ${FOLDER}cat_0; while [ -e ${FOLDER}held ]; do sleep 0.01; done",
          "while [ -e ${FOLDER}held ]; do sleep 0.01; done; cat >> ${FOLDER}cat_0");
  std::ofstream(scratch.file("held")) << "by the test";
  start();
  await_joined("one", 1);
  for (int n = 0; n < kMessages; ++n) push(n);
  await_in("all_0", line_with(kMessages - 1));
  change("cat_", 1);
  auto reloading = std::async(std::launch::async, [this] { reload(); });
  real::await([&] { return !agent("cat").as_object().contains("pid"); });
  std::filesystem::remove(scratch.file("held"));
  reloading.get();
  await_in("cat_1", line_with(kMessages - 1));
  const auto all = written("cat_", 2);
  EXPECT_GE(all.size(), kMessages - 64U);
  EXPECT_TRUE(std::ranges::is_sorted(all, std::less_equal())) << "one came twice, or too late";
}

TEST_F(ReloadTest, an_agent_whose_sink_cannot_be_made_again_is_removed_and_may_come_back) {
  start();
  await_joined("one", 1);
  const std::string good = yaml;
  replace(yaml, "command: [sh, -c,", "command: [/no/such/program, -c,");
  const auto changes = daemon->reload();
  ASSERT_TRUE(changes) << changes.error().message;
  ASSERT_EQ(changes->failed.size(), 1U);
  EXPECT_TRUE(changes->failed.front().starts_with("agent cat: ")) << changes->failed.front();
  EXPECT_THROW(agent("cat"), std::runtime_error);
  yaml = good;
  reload();
  push(0);
  await_in("cat_0", line_with(0));
}

TEST_F(ReloadTest, a_stop_does_not_wait_for_a_reload_whose_connections_end_slowly) {
  add_slow_connection("60s");
  start();
  await_joined("slow", 1);
  slow_server.stop();
  change_slow_connection();
  auto reloading = std::async(std::launch::async, [this] { return daemon->reload(); });
  real::await([&] { return connection("slow").at("status") == "disconnecting"; });
  const auto begun = std::chrono::steady_clock::now();
  daemon->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);  // of 60
  const auto changes = reloading.get();
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().message, "the bridge is about to end");
}

TEST_F(ReloadTest, a_connection_that_is_started_during_a_reload_has_its_new_options) {
  add_slow_connection("60s");
  start();
  await_joined("slow", 1);
  await_joined("one", 1);
  EXPECT_EQ(ask({{"command", "stop"}, {"connection", "one"}}).at("ok"), true);
  slow_server.stop();
  change_slow_connection();
  replace(yaml, "channels: [room:1], proxy", "channels: [room:1, room:2], proxy");
  auto reloading = std::async(std::launch::async, [this] { return daemon->reload(); });
  real::await([&] { return connection("slow").at("status") == "disconnecting"; });
  auto starting = std::async(std::launch::async, [this] { return ask({{"command", "start"}, {"connection", "one"}}); });
  EXPECT_EQ(starting.wait_for(100ms), std::future_status::timeout);
  slow_server.signal(SIGCONT);
  const auto changes = reloading.get();
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_EQ(changes->failed, std::vector<std::string>());
  EXPECT_EQ(starting.get().at("error"), "the connection \"one\" is running already");
  await_joined("one", 2);
}

}  // namespace
}  // namespace suzaku::daemon
