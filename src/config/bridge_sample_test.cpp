// The sample file and the guide, which are to have every key.
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/bridge_config.hpp"
#include "config/config_test.hpp"
#include "config/document.hpp"

namespace suzaku::config {
namespace {

/// The keys that a mapping may have, from the message about a key that it may not.
std::set<std::string> keys_of(const std::string& mapping_with_unknown) {
  const auto config = read_bridge_config(mapping_with_unknown, "a.yaml", environment_of({}));
  const std::string text = config ? "" : lines(config.error());
  std::smatch found;
  if (!std::regex_search(text, found, std::regex("unknown key; [^ ]+(?: file)? may have ([^\n]*)\n")))
    throw std::runtime_error("no keys in " + text);
  const std::string all = found[1];
  const std::regex word("[a-z_]+");
  return {std::sregex_token_iterator(all.begin(), all.end(), word), std::sregex_token_iterator()};
}

std::set<std::string> all_keys() {
  std::vector<std::string> mappings = {"0qqqqqqqqqq: 1", "log: {0qqqqqqqqqq: 1}", "routes: [{0qqqqqqqqqq: 1}]"};
  for (const auto* mapping : {"0qqqqqqqqqq: 1", "tls: {0qqqqqqqqqq: 1}", "backoff: {0qqqqqqqqqq: 1}",
                              "filters: [{0qqqqqqqqqq: 1}]", "filters: [{where: {0qqqqqqqqqq: 1}}]"})
    mappings.push_back(std::string("connections: {a: {") + mapping + "}}");
  for (const auto* sink : {"stdout", "file", "webhook", "command", "push"})
    mappings.push_back(std::string("agents: {a: {0qqqqqqqqqq: 1, sink: ") + sink + "}}");
  std::set<std::string> keys;
  for (const auto& mapping : mappings) keys.merge(keys_of(mapping));
  return keys;
}

/// The sample with its commented parts in use, without those that need a file for a secret.
std::string whole_sample() {
  std::istringstream sample(read_file(SUZAKU_SAMPLE_BRIDGE_CONFIG).value());
  std::string text, line;
  while (std::getline(sample, line)) {
    line = std::regex_replace(line, std::regex("^( {1,8})# ( *[-a-z])"), "$1$2");
    line = std::regex_replace(line, std::regex("file:/run/secrets/"), "secret-");
    text += std::regex_replace(line, std::regex("to: log\\}"), "to: [log, audit, hook, answer, mirror]}") + "\n";
  }
  return text;
}

TEST(BridgeSample, HasEveryKey) {
  const std::string sample = whole_sample();
  EXPECT_GT(all_keys().size(), 60U);
  for (const auto& key : all_keys())
    EXPECT_TRUE(std::regex_search(sample, std::regex("(^|[ {])" + key + ":", std::regex::multiline))) << key;
}

TEST(BridgeSample, OfTheGuideHasEveryKeyToo) {
  const std::string guide = read_file(SUZAKU_BRIDGE_GUIDE).value();
  for (const auto& key : all_keys()) EXPECT_TRUE(std::regex_search(guide, std::regex("[`.{ ]" + key + "[`:.]"))) << key;
}

TEST(BridgeSample, HasTheDefaultsOfTheBridgeAndOfConnections) {
  const auto config = good(read_file(SUZAKU_SAMPLE_BRIDGE_CONFIG).value());
  const auto bare = good("connections: {local: {url: \"ws://localhost:4000/socket\"}}");
  EXPECT_EQ(config.control, bare.control);
  EXPECT_EQ(config.stop_deadline, bare.stop_deadline);
  EXPECT_EQ(config.log_level, bare.log_level);
  EXPECT_EQ(config.log_format, bare.log_format);

  const auto& sample = config.connections.at(0).options;
  const auto& options = bare.connections.at(0).options;
  EXPECT_EQ(sample.name, options.name);
  EXPECT_EQ(sample.uri, options.uri);
  EXPECT_EQ(sample.names, options.names);
  EXPECT_EQ(sample.filters.size(), options.filters.size());
  EXPECT_EQ(sample.auto_join_channels.size(), options.auto_join_channels.size());
  EXPECT_EQ(sample.reconnect, options.reconnect);
  EXPECT_EQ(sample.max_retries, options.max_retries);
  const auto& sample_backoff = std::get<client::ExponentialBackoff>(sample.backoff);
  const auto& backoff = std::get<client::ExponentialBackoff>(options.backoff);
  EXPECT_EQ(sample_backoff.first, backoff.first);
  EXPECT_EQ(sample_backoff.factor, backoff.factor);
  EXPECT_EQ(sample_backoff.max, backoff.max);
  EXPECT_EQ(sample_backoff.jitter, backoff.jitter);
  EXPECT_EQ(sample.socket.reconnect.stable_after, options.socket.reconnect.stable_after);
  EXPECT_EQ(sample.rejoin_after, options.rejoin_after);
  EXPECT_EQ(sample.restart.restart, options.restart.restart);
  EXPECT_EQ(sample.restart.max_restarts, options.restart.max_restarts);
  EXPECT_EQ(sample.restart.period, options.restart.period);
  EXPECT_EQ(sample.heartbeat_interval, options.heartbeat_interval);
  EXPECT_EQ(sample.socket.heartbeat_timeout, options.socket.heartbeat_timeout);
  EXPECT_EQ(sample.socket.timeout, options.socket.timeout);
  EXPECT_EQ(sample.socket.connect_timeout, options.socket.connect_timeout);
  EXPECT_EQ(sample.stop_deadline, options.stop_deadline);
  EXPECT_EQ(sample.socket.transport, options.socket.transport);
  EXPECT_EQ(sample.socket.compress, options.socket.compress);
  EXPECT_EQ(sample.socket.tls.verify, options.socket.tls.verify);
}

TEST(BridgeSample, HasTheDefaultsOfAgents) {
  const auto config = good(whole_sample());
  ASSERT_EQ(config.agents.size(), 5U);
  const signals::Agent defaults;
  const auto& log = config.agents[0].agent;
  EXPECT_EQ(log.capacity, defaults.capacity);
  EXPECT_EQ(log.max_bytes, defaults.max_bytes);
  EXPECT_EQ(log.drop, defaults.drop);
  EXPECT_EQ(log.restart.restart, defaults.restart.restart);
  EXPECT_EQ(log.restart.max_restarts, defaults.restart.max_restarts);
  EXPECT_EQ(log.restart.period, defaults.restart.period);

  const auto& file = std::get<sinks::FileOptions>(config.agents[1].sink);
  EXPECT_EQ(file.max_size, sinks::FileOptions().max_size);
  EXPECT_EQ(file.keep, sinks::FileOptions().keep);

  const auto& hook = std::get<sinks::WebhookOptions>(config.agents[2].sink);
  const sinks::WebhookOptions bare;
  EXPECT_EQ(hook.mode, bare.mode);
  EXPECT_EQ(hook.timeout, bare.timeout);
  EXPECT_EQ(hook.max_spool_size, bare.max_spool_size);
  EXPECT_EQ(hook.max_attempts, bare.max_attempts);
  EXPECT_EQ(hook.max_age, bare.max_age);
  EXPECT_EQ(hook.max_parked_size, bare.max_parked_size);
  EXPECT_EQ(hook.retry.first, bare.retry.first);
  EXPECT_EQ(hook.retry.factor, bare.retry.factor);
  EXPECT_EQ(hook.retry.max, bare.retry.max);
  EXPECT_EQ(hook.retry.jitter, bare.retry.jitter);
}

}  // namespace
}  // namespace suzaku::config
