#include "bridge_real.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/descriptor.hpp"

namespace suzaku::bridge {
namespace {

signals::SignalPtr next(signals::Subscription& subscription) {
  auto signal = subscription.take_for(real::kSoon);
  if (!signal) throw std::runtime_error("no signal came");
  return signal;
}

/// The connection and the topic of each of the next signals.
std::set<std::pair<std::string, std::string>> next_channels(signals::Subscription& subscription, std::size_t count) {
  std::set<std::pair<std::string, std::string>> channels;
  for (std::size_t i = 0; i < count; ++i) {
    const auto signal = next(subscription);
    channels.emplace(signal->connection, signal->phoenixtopic);
  }
  return channels;
}

class RealBridge : public testing::Test {
 protected:
  void start(const ConnectionOptions& options) {
    const auto started = supervisor->start_connection(options);
    ASSERT_TRUE(started.has_value()) << started.error().message;
  }
  client::Reply push(std::string_view connection, std::string_view event, const Payload& payload) {
    const auto push = supervisor->connection(connection)->push_event("room:1", event, payload);
    return push ? real::end_of(*push) : throw std::runtime_error(push.error().message);
  }

  signals::SignalBus bus;
  signals::Subscription joined = bus.subscribe_type("suzaku.channel.joined");
  std::unique_ptr<ConnectionSupervisor> supervisor = std::make_unique<ConnectionSupervisor>(bus);
};

TEST_F(RealBridge, never_mixes_connections_to_the_same_topic) {
  const real::ServerProcess here;
  const real::ServerProcess there;
  start(options("first", here, {{.topic = "room:1"}}));
  start(options("second", here, {{.topic = "room:1"}}));
  start(options("elsewhere", there, {{.topic = "room:1"}}));
  next_channels(joined, 3);
  auto first = bus.subscribe("suzaku.first.room_1");
  auto second = bus.subscribe("suzaku.second.room_1");
  auto elsewhere = bus.subscribe("suzaku.elsewhere.room_1");

  // To the first alone; to both on the server; and after that something that each must have got last.
  ASSERT_TRUE(supervisor->connection("first")->push_event("room:1", "push_me", {{"n", 1}}).has_value());
  EXPECT_TRUE(push("first", "shout", {{"n", 2}}).ok());
  for (const auto* name : {"first", "second", "elsewhere"}) EXPECT_TRUE(push(name, "echo", {{"n", 3}}).ok());

  const auto events = [](signals::Subscription& subscription) {
    std::multiset<std::string> events;
    for (std::string event; event.find(R"("n":3)") == std::string::npos;) {
      const auto signal = next(subscription);
      event = signal->phoenixevent + ' ' + signal->phoenixkind + ' ' + std::string(signal->data.raw());
      events.insert(event);
    }
    return events;
  };
  const std::string echo = R"(phx_reply reply {"status":"ok","response":{"n":3}})";
  EXPECT_EQ(events(first), (std::multiset<std::string>{R"(pushed push {"n":1})", R"(shout broadcast {"n":2})",
                                                       R"(phx_reply reply {"status":"ok","response":{}})", echo}));
  EXPECT_EQ(events(second), (std::multiset<std::string>{R"(shout broadcast {"n":2})", echo}));
  EXPECT_EQ(events(elsewhere), (std::multiset<std::string>{echo}));
}

TEST_F(RealBridge, joins_every_channel_again_when_the_server_was_killed_and_is_back) {
  constexpr std::size_t kConnections = 3;
  constexpr std::size_t kChannels = 20;
  auto server = std::make_unique<real::ServerProcess>();
  for (std::size_t i = 0; i < kConnections; ++i) {
    std::vector<AutoJoin> channels;
    for (std::size_t j = 0; j < kChannels / 2; ++j) channels.push_back({.topic = "room:" + std::to_string(j)});
    const std::string name = "connection_" + std::to_string(i);
    start(options(name, *server, std::move(channels)));
    for (std::size_t j = kChannels / 2; j < kChannels; ++j) {
      supervisor->connection(name)->join_channel("room:" + std::to_string(j));
    }
  }
  const auto before = next_channels(joined, kConnections * kChannels);
  EXPECT_EQ(before.size(), kConnections * kChannels);

  auto lost = bus.subscribe_type("suzaku.channel.error");
  server->kill();
  EXPECT_EQ(next_channels(lost, kConnections * kChannels), before);
  for (const auto& name : supervisor->list_connections()) {
    EXPECT_TRUE(supervisor->connection(name)->list_channels().empty());
  }
  server = std::make_unique<real::ServerProcess>(server->port());
  EXPECT_EQ(next_channels(joined, kConnections * kChannels), before);
  for (const auto& name : supervisor->list_connections()) {
    EXPECT_EQ(supervisor->connection(name)->list_channels().size(), kChannels);
    EXPECT_EQ(supervisor->connection_health(name).at("restarts"), 0);
  }
}

TEST_F(RealBridge, goes_on_while_the_secret_file_of_a_channel_hangs) {
  const real::ServerProcess server;
  const std::string path = testing::TempDir() + "suzaku_bridge_pipe";
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const client::JoinParams from_pipe([path](const client::JoinAttempt&) -> Result<Payload> {
    std::string secret;
    std::ifstream(path) >> secret;  // waits for a writer
    return Payload{{"token", secret}};
  });
  auto given = options("backend", server, {{.topic = "room:1", .params = from_pipe}, {.topic = "room:2"}});
  given.heartbeat_interval = 10ms;
  given.socket.credentials_timeout = 50ms;
  start(given);
  EXPECT_EQ(next_channels(joined, 1), (std::set<std::pair<std::string, std::string>>{{"backend", "room:2"}}));
  const auto health = [&] { return supervisor->connection_health("backend"); };
  const auto error = [&] { return std::string(health().at("channels").at(0).at("last_error").as_string()); };
  real::await([&] { return error().find("did not return within 50 ms") != std::string::npos; });
  const auto sent = health().at("metrics").at("frames_sent").to_number<int>();
  real::await([&] { return health().at("metrics").at("frames_sent").to_number<int>() >= sent + 3; });
  EXPECT_EQ(health().at("status"), "connected");
  EXPECT_EQ(health().at("metrics").at("heartbeat_timeouts"), 0);
  real::await([&] {
    Descriptor(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));  // releases a reader, if there is one
    return supervisor->connection("backend")->list_channels().size() == 2;
  });
  std::filesystem::remove(path);
}

/// Of this process.
std::size_t count_of(std::string_view what) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/" + std::string(what)), {}));
}

void raise_descriptor_limit() {
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
}

TEST_F(RealBridge, leaves_nothing_behind_of_1000_connections) {
  constexpr std::size_t kConnections = 1'000;
  supervisor.reset();
  raise_descriptor_limit();
  const real::ServerProcess server;
  const std::size_t descriptors = count_of("fd");
  const std::size_t threads = count_of("task");

  supervisor = std::make_unique<ConnectionSupervisor>(bus);
  std::vector<ConnectionOptions> connections;
  for (std::size_t i = 0; i < kConnections; ++i) {
    connections.push_back(options("connection_" + std::to_string(i), server, {{.topic = "room:1"}}));
  }
  ASSERT_TRUE(supervisor->start_configured_connections(std::move(connections)).has_value());
  EXPECT_EQ(next_channels(joined, kConnections).size(), kConnections);
  EXPECT_GE(count_of("fd"), descriptors + kConnections);
  EXPECT_LE(count_of("task"), threads + 2);

  auto left = bus.subscribe_type("suzaku.channel.left");
  EXPECT_TRUE(real::end_of(supervisor->stop()).ok());
  EXPECT_EQ(next_channels(left, kConnections).size(), kConnections);
  EXPECT_TRUE(supervisor->list_connections().empty());
  supervisor.reset();
  EXPECT_EQ(count_of("fd"), descriptors);
  EXPECT_EQ(count_of("task"), threads);
}

}  // namespace
}  // namespace suzaku::bridge
