// `suzaku server` as a process: how it starts, logs and ends.

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "server.hpp"
#include "support/certificates.hpp"
#include "support/client.hpp"

namespace suzaku::test {
namespace {

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

TEST(Program, TakesTheWordOfAClientForItsUserWhenItIsToldTo) {
  Server server({"--identify-param", "user_id", "--log-level", "debug"});
  server.child().errors_until("any client can say that it is anybody");
  WebSocketClient named(server.port(), "/socket/websocket?vsn=2.0.0&user_id=ada");
  named.join("room:lobby");
  EXPECT_EQ(WebSocketClient(server.port(), "/socket/websocket?vsn=2.0.0&user_id=").status(), 101);
  EXPECT_EQ(WebSocketClient(server.port()).status(), 101);
  EXPECT_EQ(server.stop(), 0);
  const std::string& log = server.child().errors();
  EXPECT_EQ(count_of("CONNECTED TO /socket/websocket in ", log), 3U) << log;
  EXPECT_EQ(count_of(", user ada, transport websocket", log), 1U) << log;
  EXPECT_EQ(count_of(", user ada, parameters ", log), 1U) << log;  // of the join
  EXPECT_EQ(count_of(", user ", log), 2U) << log;
}

TEST(Program, KnowsNoUserUnlessItIsToldTo) {
  Server server({"--log-level", "debug"});
  EXPECT_EQ(WebSocketClient(server.port(), "/socket/websocket?vsn=2.0.0&user_id=ada").status(), 101);
  server.child().errors_until("CONNECTED TO");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_LACKS(server.child().errors(), ", user ");
  EXPECT_LACKS(server.child().errors(), "anybody");
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

}  // namespace
}  // namespace suzaku::test
