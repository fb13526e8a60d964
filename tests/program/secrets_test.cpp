// What the client is trusted with: that it reaches the server, and nobody else.
#include <mutex>

#include "program.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::test {
namespace {

constexpr const char* kSecret = "hunter2-and-more";

/// Keeps the head of the last request, and refuses it.
class Doorman {
 public:
  Doorman()
      : server_([this](ServedConnection& client) {
          const std::string head = client.read_until("\r\n\r\n");
          {
            const std::lock_guard lock(mutex_);
            head_ = head;
          }
          client.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
          client.read_to_end();
        }) {}

  std::string url() const { return "ws://127.0.0.1:" + std::to_string(server_.port()) + "/socket"; }
  /// What the request says that `suzaku ping` makes with these arguments.
  std::string asked(std::vector<std::string> arguments, const std::vector<std::string>& environment = {}) {
    arguments.insert(arguments.begin(), {"ping", url()});
    ended_ = run(arguments, {}, {.environment = environment});
    EXPECT_EQ(ended_.code, 6) << ended_.errors;
    const std::lock_guard lock(mutex_);
    return head_;
  }
  const std::string& errors() const { return ended_.errors; }

 private:
  std::mutex mutex_;
  std::string head_;
  Ended ended_;
  ScriptedServer server_;
};

TEST(Credentials, GoAsParamsOfTheUrl) {
  Doorman doorman;
  const Folder folder;
  const std::string file = folder.write("params.json", R"({"a":"from the file","b":{"c":[1,2]}})");
  const std::string head = doorman.asked({"--params-file", file, "--param", "a=1=2", "--param", "n:=7"});
  EXPECT_CONTAINS(head, "a=1%3D2");
  EXPECT_CONTAINS(head, "n=7");
  EXPECT_CONTAINS(head, "b%5Bc%5D%5B%5D=1");
  EXPECT_LACKS(head, "from");
}

TEST(Credentials, GoAsHeaders) {
  Doorman doorman;
  EXPECT_CONTAINS(doorman.asked({"--header", "X-Tenant: acme", "--header", "X-Other:1"}), "\r\nX-Tenant: acme\r\n");
}

TEST(Credentials, GoAsATokenFromTheEnvironmentOrAFileOrTheCommandLine) {
  Doorman doorman;
  const Folder folder;
  const std::string protocol = "base64url.bearer.phx.aHVudGVyMi1hbmQtbW9yZQ";  // of kSecret
  EXPECT_CONTAINS(doorman.asked({}, {std::string("SUZAKU_TOKEN=") + kSecret}), protocol);
  const std::string file = folder.write("token", std::string(kSecret) + "\n");
  EXPECT_CONTAINS(doorman.asked({"--token-file", file}, {"SUZAKU_TOKEN=other"}), protocol);
  EXPECT_LACKS(doorman.errors(), "--token can be seen");
  EXPECT_CONTAINS(doorman.asked({"--token", kSecret}), protocol);
  EXPECT_CONTAINS(doorman.errors(), "--token can be seen by other users");
  EXPECT_LACKS(doorman.asked({}), "bearer");
}

TEST(Credentials, CannotBeReadFromAnEmptyFileOrTwice) {
  const Folder folder;
  const std::string file = folder.write("token", "\n");
  expect_failure(run({"ping", "ws://localhost/socket", "--token-file", file}), 1, {"is empty"});
  expect_failure(run({"ping", "ws://localhost/socket", "--token-file", file, "--token", kSecret}), 2, {"both set"});
}

TEST(Secrets, AreInNoFailureOfTheCommandLine) {
  const std::string secret = kSecret;
  const Folder folder;
  const std::string file = folder.write("params", secret);
  const std::vector<std::vector<std::string>> mistakes = {
      {"--param", secret},
      {"--param", "=" + secret},
      {"--param", "token:=" + secret},
      {"--param", "token=\xff" + secret},
      {"--params-file", file},
      {"--header", secret},
      {"--header", "Bad Name: " + secret},
      {"--header", "Name: " + secret + "\n"},
      {"--token", secret + "\n"},
      {"--tokn=" + secret},
      {"--tokn", secret},
      {secret},
      {"--proxy", "http://user:" + secret + "@"},
      {"--proxy", "socks5://user:" + secret + "@host:1"},
  };
  for (const auto& mistake : mistakes) {
    std::vector<std::string> arguments = {"ping", "ws://localhost:1/socket", "--quiet"};
    arguments.insert(arguments.end(), mistake.begin(), mistake.end());
    const Ended ended = run(arguments);
    EXPECT_NE(ended.code, 0);
    EXPECT_LACKS(ended.errors + ended.output, secret) << mistake[0];
  }
  EXPECT_LACKS(run({"ping", "ws://user:" + secret + "@localhost:1/socket"}).errors, secret);
}

TEST(Credentials, GoFromTheUrlAsBasicAuthorizationAndAreNotShown) {
  const std::string secret = "hunter2+and%40more";
  std::mutex mutex;
  std::string head;
  const ScriptedServer server([&](ServedConnection& client) {
    const std::string request = client.read_until("\r\n\r\n");
    const std::lock_guard lock(mutex);
    head = request;
    const std::string basic = "dXNlcjpodW50ZXIyK2FuZEBtb3Jl";  // of user:hunter2+and@more
    const std::string body = "not with hunter2+and@more, " + basic + " or hunter2+and%40more";
    client.write("HTTP/1.1 403 Forbidden\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  const Folder folder;
  const std::string url = "ws://user:" + secret + "@127.0.0.1:" + std::to_string(server.port()) + "/socket";
  const Ended ended = run({"ping", url, "--wire", "--record", folder.file("record")});
  EXPECT_EQ(ended.code, 6) << ended.errors;
  {
    const std::lock_guard lock(mutex);
    EXPECT_CONTAINS(head, "\r\nAuthorization: Basic dXNlcjpodW50ZXIyK2FuZEBtb3Jl\r\n");
    EXPECT_LACKS(head, "hunter2");
  }
  for (const std::string& text : {ended.output + ended.errors, folder.read("record")}) {
    for (const auto* shown : {"hunter2", "dXNlcjpodW50"}) EXPECT_LACKS(text, shown);
    EXPECT_CONTAINS(text, "127.0.0.1");
  }
}

TEST(Credentials, OfAUserWithoutAPasswordOrOfAHeaderAreNotShown) {
  const ScriptedServer server([&](ServedConnection& client) {
    client.read_until("\r\n\r\n");
    const std::string body = "not with t0ken-user, dDBrZW4tdXNlcjo= or t0ken-header";
    client.write("HTTP/1.1 403 Forbidden\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  const std::string url = "ws://t0ken-user@127.0.0.1:" + std::to_string(server.port()) + "/socket";
  const Ended ended = run({"ping", url, "--wire", "--header", "Authorization: Bearer t0ken-header"});
  EXPECT_EQ(ended.code, 6) << ended.errors;
  for (const auto* shown : {"t0ken-user", "dDBrZW4t", "t0ken-header"}) EXPECT_LACKS(ended.output + ended.errors, shown);
  EXPECT_CONTAINS(ended.errors, "not with [redacted]");
}

TEST(Credentials, OfAProxyOfTheEnvironmentAreNotShown) {
  const ScriptedServer proxy([&](ServedConnection& client) {
    client.read_until("\r\n\r\n");
    const std::string body = "not with hunter2, dXNlcjpodW50ZXIy";  // of user:hunter2
    client.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body);
  });
  const std::string url = "http://user:hunter2@127.0.0.1:" + std::to_string(proxy.port());
  for (const auto* variable : {"http_proxy=", "all_proxy=", "ALL_PROXY="}) {
    const Ended ended = run({"ping", "ws://example.com/socket", "--wire"}, {}, {.environment = {variable + url}});
    EXPECT_EQ(ended.code, 11) << ended.errors;
    EXPECT_CONTAINS(ended.errors, "not with [redacted], [redacted]");
  }
}

TEST(Secrets, AreNotShownByWireOrRecord) {
  PhoenixServer server;
  const Folder folder;
  const std::string secret = kSecret;
  const std::string record = folder.file("record");
  const Ended ended =
      run({"push", server.url(), "room:lobby", "echo", R"({"password":")" + secret + R"(","open":1})", "--wait",
           "--wire", "--record", record, "--param", "token=" + secret, "--join-param", "user_token=" + secret},
          {}, {.environment = {"SUZAKU_TOKEN=" + secret}});
  EXPECT_EQ(ended.code, 0) << ended.errors;
  EXPECT_CONTAINS(ended.output, secret);  // the reply itself
  for (const std::string& text : {ended.errors, folder.read("record")}) {
    EXPECT_LACKS(text, secret);
    EXPECT_CONTAINS(text, "token=[redacted]");
    EXPECT_CONTAINS(text, R"({"user_token":"[redacted]"})");
    EXPECT_CONTAINS(text, R"({"password":"[redacted]","open":1})");
  }
  const auto permissions = std::filesystem::status(record).permissions();
  EXPECT_EQ(permissions & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(Secrets, AreNotShownWhenTheServerRepeatsThem) {
  const std::string secret = kSecret;
  const ScriptedServer server([&](ServedConnection& client) {
    client.read_until("\r\n\r\n");
    const std::string body = "not with " + secret;
    client.write("HTTP/1.1 403 Forbidden\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    client.read_to_end();
  });
  const Folder folder;
  const std::string token_file = folder.write("token", secret);
  const std::string url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/socket";
  for (const auto& given : std::vector<std::vector<std::string>>{{"--token", secret},
                                                                 {"--token-file", token_file},
                                                                 {"--param", "user_token=" + secret},
                                                                 {"--param", R"(a:={"password":")" + secret + "\"}"}}) {
    std::vector<std::string> arguments = {"ping", url, "--wire", "--record", folder.file("record")};
    arguments.insert(arguments.end(), given.begin(), given.end());
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 6) << ended.errors;
    for (const std::string& text : {ended.errors, folder.read("record")}) {
      EXPECT_LACKS(text, secret);
      EXPECT_CONTAINS(text, "not with [redacted]");
    }
  }
}

TEST(Wire, ShowsBothDirectionsInColourOnATerminalOnly) {
  PhoenixServer server;
  const std::vector<std::string> arguments = {"push", server.url(), "room:lobby", "bin_shout", "--wire"};
  const Ended piped = run(arguments);
  EXPECT_EQ(piped.code, 0);
  for (const auto* part : {"* connecting to ws://127.0.0.1", "\n* open\n", "\n> [", "\n< [", "\n* closed: "})
    EXPECT_CONTAINS(piped.errors, part);
  EXPECT_LACKS(piped.errors, "\x1b");
  Child child(arguments, {.on_terminal = true});
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_CONTAINS(child.output(), "\x1b[32m> [");
  EXPECT_CONTAINS(child.output(), "\x1b[36m< [");
  Child plain(arguments, {.environment = {"NO_COLOR=1"}, .on_terminal = true});
  EXPECT_EQ(plain.exit_code(), 0);
  EXPECT_LACKS(plain.output(), "\x1b");
}

}  // namespace
}  // namespace suzaku::test
