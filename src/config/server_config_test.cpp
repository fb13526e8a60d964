#include "config/server_config.hpp"

#include <set>

#include <gtest/gtest.h>

#include "config/config_test.hpp"
#include "config/document.hpp"

namespace suzaku::config {
namespace {

using namespace std::chrono_literals;

const Environment kNoEnvironment = [](const std::string&) { return std::nullopt; };

const Option& option(std::string_view key) {
  for (const Option& each : server_options())
    if (each.key == key) return each;
  throw std::invalid_argument(std::string(key));
}

/// All mistakes of a file, each in a line.
std::string errors_of(const std::string& yaml) {
  ServerConfig config;
  return lines(apply_yaml(config, yaml, "a.yaml", kNoEnvironment));
}

/// A value that is not the default.
std::string other_value(const Option& option) {
  ServerConfig config;
  for (const auto* value : {"7", "7s", "7KiB", "true", "false", "json", "debug", "192.0.2.7", "//a.example"})
    if (option.set(config, value) && option.get(config) != option.get({})) return value;
  return {};
}

TEST(ServerConfig, DefaultsSuitAProgramThatIsReachedByAnyName) {
  const ServerConfig config;
  EXPECT_EQ(config.endpoint.port, 4000);
  EXPECT_EQ(config.endpoint.check_origin.kind, server::CheckOrigin::Kind::request);
  EXPECT_EQ(config.log_format, log::Format::text);
}

TEST(ServerConfig, EveryOptionCanBeHelpedWith) {
  std::set<std::string> flags;
  for (const Option& each : server_options()) {
    EXPECT_FALSE(each.help.empty()) << each.key;
    EXPECT_FALSE(each.group.empty()) << each.key;
    EXPECT_EQ(each.value_name.empty(), each.shape == Option::Shape::on_off) << each.key;
    EXPECT_TRUE(flags.insert(each.flag()).second) << each.key;
  }
  EXPECT_EQ(option("socket.max_frame_size").flag(), "--socket-max-frame-size");
}

TEST(ServerConfig, EveryOptionIsSetAlikeByYamlAndByItsFlag) {
  for (const Option& each : server_options()) {
    const std::string value = other_value(each);
    ASSERT_FALSE(value.empty()) << each.key;
    const auto dot = each.key.find('.');
    const std::string yaml = dot == std::string::npos
                                 ? each.key + ": " + value
                                 : each.key.substr(0, dot) + ":\n  " + each.key.substr(dot + 1) + ": " + value;
    ServerConfig from_yaml;
    ServerConfig from_flag;
    ASSERT_EQ(lines(apply_yaml(from_yaml, yaml, "a.yaml", kNoEnvironment)), "") << yaml;
    ASSERT_TRUE(apply_flag(from_flag, each, value)) << each.key;
    for (const Option& any : server_options()) {
      EXPECT_EQ(any.get(from_yaml), any.get(from_flag)) << any.key << " after " << yaml;
      EXPECT_EQ(any.get(from_yaml) != any.get({}), any.key == each.key) << any.key << " after " << yaml;
    }
  }
}

TEST(ServerConfig, EveryDefaultReadsBackAsPrinted) {
  for (const Option& each : server_options()) {
    ServerConfig config;
    if (each.get(config).empty()) continue;  // TLS files
    ASSERT_TRUE(apply_flag(config, each, each.get(config))) << each.key;
    EXPECT_EQ(each.get(config), each.get({})) << each.key;
  }
}

TEST(ServerConfig, ReachesTheFieldsThatTheServerReads) {
  ServerConfig config;
  ASSERT_EQ(lines(apply_yaml(config, R"(
host: 127.0.0.1
port: 4443
loops: 3
url_host: example.com
check_origin: [https://example.com, //*.example.com]
trusted_proxies: [127.0.0.1, "::1", 10.0.0.0/8]
tls: {certificate: c.pem, key: k.pem}
socket: {max_channels: 5, max_frame_size: 1MB, idle_timeout: 5s, join_timeout: 6s, compress: true}
identify: {param: user_id}
max_connections: 9
max_queued_bytes: 64KiB
max_unfinished_bytes: 5MB
http: {max_header_size: 1KiB, request_timeout: 1s, keep_alive_timeout: 2s}
drain: {batch_size: 1, batch_interval: 3s, deadline: 4s}
log: {level: error, format: json, filter_parameters: [pin, card]}
)",
                             "a.yaml", kNoEnvironment)),
            "");
  EXPECT_EQ(config.endpoint.host, "127.0.0.1");
  EXPECT_EQ(config.endpoint.port, 4443);
  EXPECT_EQ(config.endpoint.loops, 3U);
  EXPECT_EQ(config.endpoint.url_host, "example.com");
  EXPECT_EQ(config.endpoint.check_origin.origins, (std::vector<std::string>{"https://example.com", "//*.example.com"}));
  EXPECT_EQ(config.endpoint.trusted_proxies, (std::vector<std::string>{"127.0.0.1", "::1", "10.0.0.0/8"}));
  EXPECT_EQ(config.endpoint.tls->certificate_file, "c.pem");
  EXPECT_EQ(config.endpoint.tls->key_file, "k.pem");
  EXPECT_EQ(config.socket.max_channels, 5U);
  EXPECT_EQ(config.socket.max_frame_size, 1'000'000U);
  EXPECT_EQ(config.socket.idle_timeout, 5s);
  EXPECT_EQ(config.socket.join_timeout, 6s);
  EXPECT_TRUE(config.socket.compress);
  EXPECT_EQ(config.identify_param, "user_id");
  EXPECT_EQ(config.endpoint.max_connections, 9U);
  EXPECT_EQ(config.endpoint.max_queued_bytes, 65536U);
  EXPECT_EQ(config.endpoint.max_unfinished_bytes, 5'000'000U);
  EXPECT_EQ(config.endpoint.max_header_size, 1024U);
  EXPECT_EQ(config.endpoint.request_timeout, 1s);
  EXPECT_EQ(config.endpoint.keep_alive_timeout, 2s);
  EXPECT_EQ(config.endpoint.drain.batch_size, 1U);
  EXPECT_EQ(config.endpoint.drain.batch_interval, 3s);
  EXPECT_EQ(config.endpoint.drain.deadline, 4s);
  EXPECT_EQ(config.log_level, log::Level::error);
  EXPECT_EQ(config.log_format, log::Format::json);
  EXPECT_EQ(config.endpoint.filter_parameters, (std::vector<std::string>{"pin", "card"}));
}

TEST(ServerConfig, SaysWhatIsWrongWhereAndWhatIsExpected) {
  EXPECT_EQ(errors_of("\nport: 70000"), R"(a.yaml:2:7: port: found "70000", expected a whole number from 0 to 65535)"
                                        "\n");
  EXPECT_EQ(errors_of("log:\n  level: loud"),
            R"(a.yaml:2:10: log.level: found "loud", expected debug, info, warning, error or off)"
            "\n");
  EXPECT_EQ(errors_of("log: {format: xml}"), R"(a.yaml:1:15: log.format: found "xml", expected text or json)"
                                             "\n");
  EXPECT_EQ(errors_of("check_origin: example.com"),
            "a.yaml:1:15: check_origin: found \"example.com\", expected true, false, conn, or origins such as "
            "https://example.com or //*.example.com\n");
  EXPECT_EQ(errors_of("socket:\n  max_chanels: 1"),
            "a.yaml:2:3: socket.max_chanels: unknown key; did you mean socket.max_channels?\n");
  EXPECT_EQ(errors_of("trusted_proxies: [10.0.0.1, localhost]"),
            "a.yaml:1:29: trusted_proxies[1]: found \"localhost\", expected addresses or networks, such as 192.0.2.7, "
            "10.0.0.0/8 or fd00::/8\n");
  ServerConfig config;
  EXPECT_EQ(apply_flag(config, option("log.format"), "xml").error().message,
            R"(--log-format: found "xml", expected text or json)");
}

TEST(ServerConfig, TellsAllMistakesOfAFile) {
  EXPECT_EQ(errors_of("prot: 80\nlog:\n  level: loud\n  format: [json]\nsocket: 5\nmax_connections: ${MANY}\n"),
            R"(a.yaml:1:1: prot: unknown key; did you mean port?
a.yaml:3:10: log.level: found "loud", expected debug, info, warning, error or off
a.yaml:4:11: log.format: found a list, expected a single value
a.yaml:5:9: socket: found a single value, expected a mapping
a.yaml:6:18: max_connections: the environment variable MANY is not set; set it, or write a default: ${MANY:-...}
)");
}

TEST(ServerConfig, JoinsListsWhereTheyAreAllowed) {
  ServerConfig config;
  ASSERT_EQ(lines(apply_yaml(config, "check_origin: [//a, //b]", "a.yaml", kNoEnvironment)), "");
  EXPECT_EQ(option("check_origin").get(config), "//a,//b");
  EXPECT_EQ(errors_of("check_origin: [\"true\", //b]"),
            "a.yaml:1:15: check_origin: found \"true,//b\", expected true, false, conn, or origins such as "
            "https://example.com or //*.example.com\n");
  EXPECT_EQ(errors_of("port: [80]"), "a.yaml:1:7: port: found a list, expected a single value\n");
  EXPECT_EQ(errors_of("check_origin: [[//a]]"),
            "a.yaml:1:16: check_origin[0]: found a list, expected a single value\n");
}

TEST(ServerConfig, KnowsAKeyThatIsInTheWrongPlace) {
  EXPECT_EQ(errors_of("max_channels: 5"), "a.yaml:1:1: max_channels: unknown key; did you mean socket.max_channels?\n");
}

TEST(ServerConfig, ShowsNoValueOfAVariable) {
  ServerConfig config;
  const auto mistakes = apply_yaml(config, "port: ${PORT}\ncheck_origin: [//a, \"${PORT}\"]\n", "a.yaml",
                                   [](const std::string&) { return "s3cret"; });
  EXPECT_EQ(lines(mistakes), R"(a.yaml:1:7: port: found "${PORT}", expected a whole number from 0 to 65535
a.yaml:2:21: check_origin[1]: found "${PORT}", expected true, false, conn, or origins such as )"
                             "https://example.com or //*.example.com\n");
}

TEST(ServerConfig, NeedsACertificateAndItsKeyTogether) {
  ServerConfig config;
  EXPECT_TRUE(check(config));
  ASSERT_TRUE(apply_flag(config, option("tls.key"), "k.pem"));
  EXPECT_EQ(check(config).error().message, "tls.key is set without tls.certificate; set both, or none");
  ASSERT_TRUE(apply_flag(config, option("tls.certificate"), "c.pem"));
  EXPECT_TRUE(check(config));
}

TEST(ServerConfig, NeedsRoomForAMessageOfTheLargestSize) {
  ServerConfig config;
  ASSERT_TRUE(apply_flag(config, option("socket.max_frame_size"), "100MB"));
  EXPECT_EQ(check(config).error().message,
            "socket.max_frame_size is more than max_unfinished_bytes: no such message could come whole");
  ASSERT_TRUE(apply_flag(config, option("max_unfinished_bytes"), "100MB"));
  EXPECT_TRUE(check(config));
}

TEST(ServerConfig, TellsInACheckWhichSettingsDoNotGoTogetherAndWhereTheyAre) {
  const auto checked = [](const std::string& yaml) {
    ServerConfig config;
    return lines(apply_yaml(config, "host: 127.0.0.1\n" + yaml, "a.yaml", kNoEnvironment, Depth::machine));
  };
  EXPECT_EQ(checked("prot: 1\ntls:\n  key: k.pem\n"),
            "a.yaml:2:1: prot: unknown key; did you mean port?\n"
            "a.yaml:4:8: tls.key is set without tls.certificate; set both, or none\n");
  EXPECT_EQ(checked("max_unfinished_bytes: 1MB\n"),
            "a.yaml:2:23: socket.max_frame_size is more than max_unfinished_bytes: no such message could come whole\n");
  EXPECT_EQ(checked("socket: {max_frame_size: 40MB, compress: true}\n"),
            "a.yaml:2:26: socket.max_frame_size is more than half of max_unfinished_bytes: a compressed message may be "
            "held twice, as it came and inflated\n");
  EXPECT_EQ(checked("max_unfinished_bytes: 1MB\nsocket: {max_frame_size: much}\n"),
            "a.yaml:3:26: socket.max_frame_size: found \"much\", expected a number of bytes (8192, 8KiB, 10MB, 1GiB), "
            "from 1 to 1024GiB\n");
  EXPECT_EQ(errors_of("tls: {key: k.pem}"), "");  // a flag may name the certificate
}

TEST(ServerConfig, TheSampleFileShowsEveryOptionWithItsDefault) {
  const std::string sample = read_file(SUZAKU_SAMPLE_CONFIG).value();
  ServerConfig config;
  ASSERT_EQ(lines(apply_file(config, SUZAKU_SAMPLE_CONFIG, kNoEnvironment)), "");
  for (const Option& each : server_options()) {
    EXPECT_EQ(each.get(config), each.get({})) << each.key;
    const std::string name = each.key.substr(each.key.rfind('.') + 1);
    EXPECT_NE(sample.find(name + ": "), std::string::npos) << each.key;
  }
}

/// `idle_timeout` alone must not be taken for `socket.idle_timeout`.
TEST(ServerConfig, TheGuideOfOperatorsNamesEveryOptionByItsKey) {
  const std::string guide = read_file(SUZAKU_OPERATIONS_GUIDE).value();
  for (const Option& each : server_options()) {
    EXPECT_NE(guide.find('`' + each.key), std::string::npos) << each.key;
    const std::string name = each.key.substr(each.key.rfind('.') + 1);
    const bool is_whole = name == each.key;
    EXPECT_TRUE(is_whole || guide.find('`' + name + '`') == std::string::npos) << each.key;
  }
}

TEST(ServerConfig, TheExampleOfHelpIsRight) {
  EXPECT_EQ(errors_of(std::string(yaml_example())), "");
}

}  // namespace
}  // namespace suzaku::config
