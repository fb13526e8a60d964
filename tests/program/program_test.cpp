// The built program, from outside: its command line, its HTTP answers, its rooms and how it ends.
#include "program.hpp"

#include <csignal>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "support/certificates.hpp"
#include "support/client.hpp"

namespace suzaku::test {
namespace {

/// `suzaku server --port 0` with more flags, listening.
class Server {
 public:
  explicit Server(std::vector<std::string> flags = {}, const ChildOptions& options = {})
      : child_(
            [&] {
              flags.insert(flags.begin(), {"server", "--port", "0"});
              return flags;
            }(),
            options),
        port_(child_.port()) {}

  Child& child() { return child_; }
  std::uint16_t port() const { return port_; }
  int stop(int signal = SIGTERM) {
    child_.signal(signal);
    return child_.exit_code();
  }
  /// The whole answer to a request; `more` are header lines.
  std::string ask(const std::string& method, const std::string& path, const std::string& more = {}) const {
    TcpClient client(port_);
    client.write(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n");
    return client.read_to_end();
  }

 private:
  Child child_;
  std::uint16_t port_;
};

std::string header(const std::string& answer, const std::string& name) {
  const auto at = answer.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + 4 + name.size();
  return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

std::string body(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

/// Everybody who listens is told in one line, and nothing is on standard output.
void expect_complaint(const Ended& ended, int code, const std::string& message) {
  EXPECT_EQ(ended.code, code);
  EXPECT_EQ(ended.errors, "suzaku: " + message + "\n");
  EXPECT_EQ(ended.output, "");
}

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
                   R"(--port: found "http", expected a whole number from 0 to 65535)");
  expect_complaint(run({"server", "--port"}), 2, "--port: 1 required PORT missing; see suzaku server --help");
  expect_complaint(run({"server", "--socket-compress=maybe"}), 2,
                   R"(--socket-compress: found "maybe", expected true or false)");
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

TEST(Program, SaysWhatToDoWhenThePortIsTaken) {
  const Server first;
  const auto ended = run({"server", "--port", std::to_string(first.port())});
  expect_complaint(ended, 1,
                   "cannot listen on :: port " + std::to_string(first.port()) +
                       ": Address already in use; stop the other program or choose another port");
}

TEST(Program, SaysWhichCertificateItCannotUse) {
  const auto ended =
      run({"server", "--port", "0", "--tls-certificate", "/nowhere/cert.pem", "--tls-key", "/nowhere/key.pem"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.errors.find("suzaku: cannot use the TLS certificate /nowhere/cert.pem: "), 0U) << ended.errors;
  expect_complaint(run({"server", "--tls-key", "key.pem"}), 1,
                   "tls.key is set without tls.certificate; set both, or none");
}

TEST(Program, ReadsTheCertificateAgainOnSighup) {
  const Folder folder;
  folder.make_certificate();
  Server server({"--tls-certificate", "cert.pem", "--tls-key", "key.pem"}, {.folder = folder.path()});
  server.child().signal(SIGHUP);
  EXPECT_CONTAINS(server.child().errors_until(" UTC\n"),
                  "SIGHUP received: the TLS certificate cert.pem was read again; its validity ends at 20");
  folder.write("cert.pem", "broken");
  server.child().signal(SIGHUP);
  server.child().errors_until(
      "SIGHUP received, but the old TLS certificate stays in use: cannot use the TLS certificate");
  EXPECT_EQ(server.stop(), 0);
}

TEST(Program, SaysOnSighupThatWithoutTlsThereIsNothingToReadAgain) {
  Server server;
  server.child().signal(SIGHUP);
  server.child().errors_until("SIGHUP received: without TLS there is nothing to read again\n");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_LACKS(server.child().errors(), "certificate");
}

TEST(Program, SaysItsPortAndNothingElseOnStandardOutput) {
  Server server;
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.child().output(), "listening on port " + std::to_string(server.port()) + "\n");
}

TEST(Program, EndsWithZeroOnSigtermAndSigintAndSendsItsClientsElsewhere) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Server server;
    {
      WebSocketClient client(server.port());
      client.join("room:lobby");
      server.child().signal(signal);
      Received received = client.next();
      while (received.kind == Received::Kind::text) received = client.next();
      EXPECT_EQ(received.kind, Received::Kind::close);
      EXPECT_EQ(received.close_code, 1012);
    }
    EXPECT_EQ(server.child().exit_code(), 0);
  }
}

TEST(Program, GoesOnWhenItsLogMayNotGrow) {
  const TemporaryFolder folder;
  Child server({"-c", "ulimit -f 0; exec " SUZAKU_PROGRAM " server --port 0 2>" + folder.file("log")},
               {.program = "/bin/sh"});
  TcpClient client(server.port());  // the log has got its first line before
  client.write("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 200 "));
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_code(), 0);
}

TEST(Program, LogsOneJsonObjectALine) {
  Server server({"--log-format", "json"});
  const WebSocketClient refused(server.port(), "/socket/websocket?vsn=2.0.0", {{"Origin", "http://\xff\x9b\"\t"}});
  EXPECT_EQ(refused.status(), 403);
  EXPECT_EQ(server.stop(), 0);
  std::istringstream lines(server.child().errors());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    boost::system::error_code failed;
    const auto object = boost::json::parse(line, failed);
    ASSERT_FALSE(failed) << line;
    for (const auto* member : {"time", "level", "message"}) EXPECT_TRUE(object.as_object().contains(member)) << line;
  }
  EXPECT_GE(count, 3);
}

TEST(Program, LogsNoMoreThanItIsTold) {
  Server server({"--log-level", "error"});
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.child().errors(), "");
}

TEST(Program, GoesOnWhileNobodyReadsItsLog) {
  Server server({"--loops", "1"}, {.has_full_errors = true});
  const auto refused = [&] {
    return WebSocketClient(server.port(), "/socket/websocket?vsn=2.0.0", {{"Origin", "http://evil.example"}}).status();
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(refused(), 403);
  EXPECT_CONTAINS(server.ask("GET", "/health/live"), "HTTP/1.1 200 OK\r\n");
  WebSocketClient client(server.port());
  client.join("room:lobby");
  server.child().errors_until("....\n");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(refused(), 403);
  server.child().errors_until(" lines of log were lost: standard error was not read\n");
  EXPECT_EQ(server.stop(), 0);
}

TEST(Pages, AreServedFromAnyFolder) {
  const Folder folder;
  const Server server({}, {.folder = folder.path()});
  const auto page = server.ask("GET", "/");
  EXPECT_CONTAINS(page, "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(header(page, "content-type"), "text/html; charset=utf-8");
  EXPECT_CONTAINS(body(page), "</html>");
  EXPECT_EQ(header(server.ask("GET", "/app.js"), "content-type"), "text/javascript; charset=utf-8");
}

TEST(Pages, AreNotSentAgainToWhoHasThem) {
  const Server server;
  const auto etag = header(server.ask("GET", "/"), "etag");
  ASSERT_FALSE(etag.empty());
  const auto again = server.ask("GET", "/", "If-None-Match: " + etag + "\r\n");
  EXPECT_CONTAINS(again, "HTTP/1.1 304 ");
  EXPECT_EQ(header(again, "etag"), etag);
  EXPECT_EQ(body(again), "");
  EXPECT_CONTAINS(server.ask("GET", "/", "If-None-Match: \"other\"\r\n"), "HTTP/1.1 200 ");
}

TEST(Pages, AnswerHeadWithoutABody) {
  const Server server;
  const auto head = server.ask("HEAD", "/");
  EXPECT_CONTAINS(head, "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(header(head, "content-length"), header(server.ask("GET", "/"), "content-length"));
  EXPECT_EQ(body(head), "");
}

TEST(Pages, AnswerWhatIsNotThereAndWhatIsNotAllowed) {
  const Server server;
  EXPECT_CONTAINS(server.ask("GET", "/nothing"), "HTTP/1.1 404 ");
  const auto posted = server.ask("POST", "/", "Content-Length: 0\r\n");
  EXPECT_CONTAINS(posted, "HTTP/1.1 405 ");
  EXPECT_EQ(header(posted, "allow"), "GET, HEAD");
}

TEST(Health, IsLiveAndReady) {
  const Server server;
  for (const std::string state : {"live", "ready"}) {
    const auto answer = server.ask("GET", "/health/" + state);
    EXPECT_CONTAINS(answer, "HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(header(answer, "content-type"), "application/json");
    EXPECT_EQ(body(answer), R"({"status":")" + state + R"("})");
  }
}

TEST(Rooms, HearWhatIsShoutedAsItCame) {
  const Server server;
  WebSocketClient ada(server.port());
  WebSocketClient bob(server.port());
  ada.join("room:lobby");
  bob.join("room:lobby");
  const std::string shout = R"({"text":"hi \u00e9","name":"Ada","id":12345678901234567890})";
  ada.push("1", "2", "room:lobby", "shout", shout);
  EXPECT_EQ(bob.next_text(), R"([null,null,"room:lobby","shout",)" + shout + "]");
  const std::string first = ada.next_text();
  const std::string second = ada.next_text();
  EXPECT_CONTAINS(first + second, R"("status":"ok")");
  EXPECT_CONTAINS(first + second, shout);
}

TEST(Rooms, RefuseWhatIsNoShoutAndSayWhy) {
  const Server server;
  WebSocketClient client(server.port());
  client.join("room:lobby");
  const auto refusal = [&](const std::string& event, const std::string& payload) {
    client.push("1", "2", "room:lobby", event, payload);
    const std::string reply = client.next_text();
    EXPECT_CONTAINS(reply, R"("status":"error")");
    return reply;
  };
  EXPECT_CONTAINS(refusal("shout", R"({"text":"hi"})"), "name must be a string of 1 to 256 bytes");
  EXPECT_CONTAINS(refusal("shout", R"({"name":5,"text":"hi"})"), "name must be a string of 1 to 256 bytes");
  EXPECT_CONTAINS(refusal("shout", R"({"name":"Ada","text":""})"), "text must be a string of 1 to 8192 bytes");
  EXPECT_CONTAINS(refusal("shout", R"({"name":"Ada","text":")" + std::string(8193, 'x') + "\"}"),
                  "text must be a string");
  EXPECT_CONTAINS(refusal("shout", R"({"name":"Ada","text":"hi","more":")" + std::string(70'000, 'x') + "\"}"),
                  "at most");
  EXPECT_CONTAINS(refusal("shout", "[1]"), "must be an object");
  EXPECT_CONTAINS(refusal("whisper", "{}"), "unknown event");
}

TEST(Rooms, AreOpenToPagesOfTheirOwnHostOnly) {
  const Server server;
  const auto status = [&](const std::string& origin) {
    return WebSocketClient(server.port(), "/socket/websocket?vsn=2.0.0",
                           {{"Host", "chat.example:80"}, {"Origin", origin}})
        .status();
  };
  EXPECT_EQ(status("http://chat.example"), 101);
  EXPECT_EQ(status("http://evil.example"), 403);
}

}  // namespace
}  // namespace suzaku::test
