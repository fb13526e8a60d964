#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "config/bridge_config.hpp"
#include "config/bridge_example.hpp"
#include "config/config_test.hpp"
#include "config/yaml_tree.hpp"

namespace suzaku::config {
namespace {

/// A file that is gone at the end of the scope.
class SecretFile {
 public:
  explicit SecretFile(const std::string& content) {
    ::close(::mkstemp(path_.data()));
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~SecretFile() { std::remove(path_.c_str()); }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = testing::TempDir() + "suzaku_XXXXXX";
};

struct Spot {
  std::string key;  // "connections.shop.params.device"
  YamlPointer node;
};

void find_values(const YamlPointer& node, const std::string& key, std::vector<Spot>& spots) {
  if (node->kind == YamlNode::Kind::scalar) spots.push_back({key, node});
  for (const auto& item : node->items) find_values(item, key, spots);
  for (const auto& [name, value] : node->entries) find_values(value, key + "." + name->text, spots);
}

/// Where the example has a value.
std::vector<Spot> all_values() {
  std::vector<Spot> spots;
  find_values(parse_yaml(kBridgeExample).value(), "", spots);
  return spots;
}

/// The example with another value in a spot.
std::string with(const Spot& spot, const std::string& value) {
  std::istringstream stream(kBridgeExample);
  std::string text, line;
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    if (number == spot.node->place.line)
      line.replace(spot.node->place.column - 1, spot.node->text.size() + (spot.node->is_plain ? 0 : 2), value);
    text += line + "\n";
  }
  return text;
}

bool may_be_literal(const std::string& key) {
  return std::ranges::any_of(std::vector{".params.", ".headers.", ".auth_token", ".secret"},
                             [&](const std::string& part) { return key.find(part) != std::string::npos; });
}

const std::vector<std::string> kSecrets = {"s3cret",
                                           "s3cret\nmore",
                                           "5s3cret",
                                           "s3cret://example.com",
                                           "wss://example.com:s3cret/",
                                           "wss://s3cret@a",
                                           "http://a:s3cret@b",
                                           "http://a:s3cret",
                                           "whsec_s3cret%",
                                           "a..s3cret",
                                           "/s3cret~",
                                           "s3cret/s3cret",
                                           "file:s3cret",
                                           "https://s3cret s3cret",
                                           "ws://s3cret.example.com/",
                                           "s3cret: [",
                                           "ws://[s3cret]/x",
                                           "s3cret\xff",
                                           "wss://example.com/#s3cret"};

/// The mistakes of the example with each secret in each spot: `written` makes what stands in the file.
std::size_t expect_no_secret(const std::function<std::string(const Spot&, const std::string& secret)>& written) {
  std::size_t files = 0;
  for (const Spot& spot : all_values())
    for (const std::string& secret : kSecrets) {
      const std::string value = written(spot, secret);
      if (value.empty()) continue;
      const auto config = read_bridge_config(with(spot, value), "a.yaml",
                                             environment_of({{"TOKEN", "t"}, {"NUMBER", "1"}, {"SECRET", secret}}));
      if (config) continue;
      ++files;
      EXPECT_EQ(lines(config.error()).find("s3cret"), std::string::npos) << lines(config.error());
    }
  return files;
}

TEST(BridgeSecrets, OfVariablesAreInNoMistake) {
  EXPECT_GT(expect_no_secret([](const Spot&, const std::string&) { return "\"${SECRET}\""; }), 500U);
  EXPECT_GT(expect_no_secret([](const Spot&, const std::string&) { return "[\"x${SECRET}\"]"; }), 500U);
}

TEST(BridgeSecrets, OfFilesAreInNoMistake) {
  std::size_t files = 0;
  for (const std::string& secret : kSecrets) {
    const SecretFile file(secret + "\n");
    files += expect_no_secret([&](const Spot&, const std::string& each) {
      return each == kSecrets.front() ? "\"file:" + file.path() + '"' : "";
    });
  }
  EXPECT_GT(files, 500U);
}

TEST(BridgeSecrets, ThatAreWrittenInTheFileAreInNoMistake) {
  const auto quoted = [](const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '\n' ? "\\n" : c == '\xff' ? "\\xff" : std::string(1, c);
    return quoted + '"';
  };
  EXPECT_GT(expect_no_secret([&](const Spot& spot, const std::string& secret) {
              // A path of a file is named.
              if (!may_be_literal(spot.key) || secret.starts_with("file:")) return std::string();
              return quoted(secret);
            }),
            3U);
  EXPECT_GT(expect_no_secret([&](const Spot& spot, const std::string& secret) {
              return may_be_literal(spot.key) ? quoted("${" + secret + "!}") : "";
            }),
            100U);
}

/// What a function that reads a file again gives now, or its complaint.
template <class Source, class Attempt>
auto now(const Source& source, const Attempt& attempt) {
  auto value = source.get(attempt);
  if (!value) throw std::runtime_error(value.error().message);
  return *std::move(value);
}

TEST(BridgeSecrets, ComeFromFilesWithoutTheirLastLineBreak) {
  const auto token_of = [](const std::string& content) {
    const SecretFile file(content);
    const auto config = good("connections: {a: {url: ws://a, auth_token: \"file:" + file.path() + "\"}}");
    return now(config.connections[0].options.auth_token, client::ConnectAttempt());
  };
  EXPECT_EQ(token_of("t0ken"), "t0ken");
  EXPECT_EQ(token_of("t0ken\n"), "t0ken");
  EXPECT_EQ(token_of("t0ken\r\n"), "t0ken");
  EXPECT_EQ(token_of(" t0ken ${X} "), " t0ken ${X} ");
  EXPECT_EQ(token_of(std::string(65'535, 'x') + "\n").size(), 65'535U);
}

constexpr auto* kSecretsEverywhere = R"(
connections:
  a:
    url: file:${PATH}
    auth_token: file:${PATH}
    proxy: file:${PATH}
    params: {a: ["file:${PATH}"], b: 1}
    headers: {A: "file:${PATH}", B: b}
    channels: [{topic: a, params: {b: "file:${PATH}"}}]
    filters: [{topic: "file:x"}]
agents:
  hook: {sink: webhook, url: "https://x", spool: x, secret: "file:${PATH}", headers: {A: "file:${PATH}"}}
routes: [{from: "**", to: hook}]
)";

/// All secrets of the above that are read when they are needed.
std::vector<std::string> all_secrets(const BridgeConfig& config) {
  const auto& options = config.connections[0].options;
  const auto& hook = std::get<sinks::WebhookOptions>(config.agents[0].sink);
  const client::ConnectAttempt attempt;
  const auto text = [](const Json& json) { return std::string(json.as_string()); };
  return {now(options.auth_token, attempt),
          now(options.socket.proxy, attempt).value(),
          text(now(options.params, attempt).json().at("a").at(0)),
          now(options.headers, attempt).at(0).value,
          text(now(options.auto_join_channels[0].params, client::JoinAttempt()).json().at("b")),
          now(hook.secret, sinks::WebhookAttempt()),
          now(hook.headers, sinks::WebhookAttempt()).at(0).value};
}

TEST(BridgeSecrets, ComeFromFilesWhereverTheyMayStandAndAreReadWhenTheyAreNeeded) {
  const std::string first = "http://127.0.0.1:4000/socket";
  const std::string second = "http://127.0.0.1:5000/socket";
  const SecretFile file(first + "\n");
  const auto config = good(kSecretsEverywhere, environment_of({{"PATH", file.path()}}));
  EXPECT_EQ(config.connections[0].options.uri, first);
  EXPECT_EQ(config.connections[0].options.filters[0].topic, "file:x");
  EXPECT_EQ(all_secrets(config), std::vector<std::string>(7, first));
  std::ofstream(file.path()) << second << "\n";
  EXPECT_EQ(all_secrets(config), std::vector<std::string>(7, second));
}

TEST(BridgeSecrets, ThatCannotBeReadWhenTheyAreNeededFailWithTheReasonAlone) {
  const auto file = std::make_unique<SecretFile>("http://127.0.0.1:4000/socket\n");
  const std::string path = file->path();
  const auto config = good(kSecretsEverywhere, environment_of({{"PATH", path}}));
  const auto& options = config.connections[0].options;
  const auto complaints = [&] {
    return std::vector<std::string>{
        options.auth_token.get({}).error().message,
        options.socket.proxy.get({}).error().message,
        options.params.get({}).error().message,
        options.headers.get({}).error().message,
        options.auto_join_channels[0].params.get({}).error().message,
        std::get<sinks::WebhookOptions>(config.agents[0].sink).secret.get({}).error().message};
  };
  const auto expected = [](const std::string& why) {
    const std::string cannot = ": cannot take the value from the file ${PATH}: " + why;
    std::vector<std::string> all;
    for (const auto* key : {"connections.a.auth_token", "connections.a.proxy", "connections.a.params.a[0]",
                            "connections.a.headers.A", "connections.a.channels[0].params.b", "agents.hook.secret"})
      all.push_back(key + cannot);
    return all;
  };
  std::ofstream(path, std::ios::trunc).close();
  EXPECT_EQ(complaints(), expected("it is empty"));
  std::filesystem::remove(path);
  EXPECT_EQ(complaints(), expected("No such file or directory"));
  std::ofstream(path) << "s3cret\xff";
  EXPECT_EQ(complaints(), expected("it holds bytes that are no UTF-8, or NUL"));
  std::ofstream(path) << "ftp://s3cret";
  EXPECT_EQ(options.socket.proxy.get({}).error().message,
            "connections.a.proxy: expected http://user:password@host:port, or \"\" for no proxy");
}

TEST(BridgeSecrets, OfAVariableNameNoFile) {
  const auto config = good("connections: {a: {url: ws://a, auth_token: \"${TOKEN}\"}}",
                           environment_of({{"TOKEN", "file:/etc/passwd"}}));
  EXPECT_EQ(config.connections[0].options.auth_token.value(), "file:/etc/passwd");
}

TEST(BridgeSecrets, ThatCannotBeReadAreMistakesThatNameThePath) {
  const auto mistake_of = [](const std::string& path) {
    const auto config = read_bridge_config("connections:\n  a:\n    url: ws://a\n    auth_token: file:" + path,
                                           "a.yaml", environment_of({{"FOLDER", "/nowhere"}}));
    return config ? "" : lines(config.error());
  };
  const std::string before = "a.yaml:4:17: connections.a.auth_token: cannot take the value from the file ";
  EXPECT_EQ(mistake_of("/nowhere/a"), before + "/nowhere/a: No such file or directory\n");
  EXPECT_EQ(mistake_of("${FOLDER}/a"), before + "${FOLDER}/a: No such file or directory\n");
  EXPECT_EQ(mistake_of("/"), before + "/: Is a directory\n");
  EXPECT_EQ(mistake_of("/dev/null"), before + "/dev/null: it is empty\n");
  EXPECT_EQ(mistake_of("/dev/zero"), before + "/dev/zero: it has more than 65536 bytes\n");
  const SecretFile large(std::string(65'537, 'x'));
  EXPECT_EQ(mistake_of(large.path()), before + large.path() + ": it has more than 65536 bytes\n");
  const SecretFile bytes("\xff");
  EXPECT_EQ(mistake_of(bytes.path()), before + bytes.path() + ": it holds bytes that are no UTF-8, or NUL\n");
}

}  // namespace
}  // namespace suzaku::config
