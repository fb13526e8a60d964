// What the client's commands end with when something fails, and what they say then.
#include <csignal>
#include <fstream>
#include <regex>

#include <openssl/ssl.h>

#include "program.hpp"
#include "support/certificates.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::test {
namespace {

std::string url_of(std::uint16_t port, const std::string& scheme = "ws") {
  return scheme + "://127.0.0.1:" + std::to_string(port) + "/socket";
}

std::uint16_t closed_port() {
  return ScriptedServer([](ServedConnection&) {}).port();
}

/// Answers whatever it is asked with this.
ScriptedServer::Script answering(const std::string& answer) {
  return [answer](ServedConnection& client) {
    client.read_until("\r\n\r\n");
    client.write(answer);
    client.read_to_end();
  };
}

TEST(ExitCode, Is2ForBadUsageWithWordsThatHelp) {
  expect_failure(run({"listen"}), 2, {"URL is required; see suzaku listen --help"});
  expect_failure(run({"listen", "ws://localhost/socket"}), 2, {"TOPIC is required"});
  expect_failure(run({"listen", "localhost", "room:a"}), 2, {"the URL has no scheme", "wss://example.com/socket"});
  expect_failure(run({"listen", "ws://localhost/socket", "room:a", "--evnt", "x"}), 2, {"--evnt", "mean --event?"});
  expect_failure(run({"listen", "ws://localhost/socket", "room:a", "--count", "0"}), 2, {"--count", "\"0\""});
  expect_failure(run({"listen", "ws://localhost/socket", "room:\xff"}), 2, {"UTF-8"});
  expect_failure(run({"listn"}), 2, {"did you mean listen?"});
  expect_failure(run({"ping", "ws://localhost/socket", "--timeout", "soon"}), 2,
                 {"--timeout", "\"soon\"", "500ms", "30 (seconds)"});
  expect_failure(run({"ping", "ws://localhost/socket", "--timeout", "0"}), 2, {"--timeout", "from 1ms"});
  expect_failure(run({"ping", "ws://localhost/socket", "--vsn", "3"}), 2, {"--vsn", "\"3\"", "1 or 2"});
  expect_failure(run({"ping", "ws://localhost/socket", "--cert", "cert.pem"}), 2, {"--key"});
  expect_failure(run({"ping", "ws://localhost/socket", "--pin", "abc"}), 2, {"sha256/"});
  expect_failure(run({"ping", "ws://localhost/socket", "--header", "X-Name"}), 2, {"--header no. 1", "X-Tenant: acme"});
  expect_failure(run({"replay", "file", "--speed", "fast"}), 2, {"--speed", "\"fast\"", "max"});
  expect_failure(run({"ping", "ws://localhost/socket", "more"}), 2, {"an argument too many"});
}

TEST(ExitCode, Is2ForOptionsThatCannotBeInTheWordsOfTheCommandLine) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"--cert", "cert.pem"}, "--cert is \"cert.pem\", but --key is empty"},
      {{"--key", "key.pem"}, "--key is \"key.pem\", but --cert is empty"},
      {{"--pin", "abc"}, "--pin is \"abc\": expected \"sha256/\""},
      {{"--param", "a:=[[1]]"}, "--param: the list \"a\""},
      {{"--header", "Upgrade: x"}, "--header: the header Upgrade is the handshake's own"},
      {{"--header", "X: a\nb"}, "--header: the value of the header X has a line break"},
      {{"--proxy", "ws://host:1"}, "--proxy is a URL of \"ws\""},
      {{"--token", "a\nb", "--quiet"}, "the token holds a line break"},
      {{"--vsn", "3"}, "--vsn: found \"3\", expected 1 or 2"},
  };
  for (const auto& [arguments, words] : mistakes) {
    std::vector<std::string> all = {"ping", "ws://localhost:1/socket"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Ended ended = run(all);
    expect_failure(ended, 2, {words});
    for (const auto* theirs : {"SocketOptions", "_file", "tls.", "pinned_keys", "auth_token", "headers:", "params:"})
      EXPECT_LACKS(ended.errors, theirs);
  }
}

TEST(ExitCode, Is2ForJsonThatIsNoneAndTheFailureSaysWhere) {
  const std::vector<std::string> push = {"push", "ws://localhost:1/socket", "room:a", "e"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), push.begin(), push.end());
    return run(more);
  };
  expect_failure(with({R"({"a": tru})"}), 2, {"PAYLOAD: column 7: syntax error; expected a JSON object such as"});
  expect_failure(with({"{\"\u00e9\": 1,\n \"b\" 2}"}), 2, {"PAYLOAD: line 2, column 6: syntax error"});
  expect_failure(with({R"({"a": 1)"}), 2, {"PAYLOAD: column 8: incomplete JSON"});
  expect_failure(with({R"({"a": 1} x)"}), 2, {"PAYLOAD: column 10: extra data"});
  expect_failure(with({"--param", R"(a:={"b":})"}), 2, {"--param no. 1: after \":=\", column 6: syntax error"});
  const Folder folder;
  expect_failure(with({"--params-file", folder.write("params.json", "{\n  \"a\": 1,\n}\n")}), 2,
                 {"params.json: line 3, column 1: syntax error"});
  expect_failure(run({"bridge", "ctl", "push", "chat", "room:1", "shout", R"({"a":})"}), 2,
                 {"JSON: column 6: syntax error"});
  expect_failure(run({"replay", folder.write("record", "\n{\"time\": x}\n")}), 2,
                 {"record, line 2: column 10: syntax error; expected a line of a recording"});
}

TEST(ExitCode, Is3WhenTheHostIsNotKnown) {
  expect_failure(run({"listen", "ws://no-such-host.invalid/socket", "room:lobby"}), 3, {"no-such-host.invalid"});
}

TEST(ExitCode, Is4WhenNobodyListens) {
  expect_failure(run({"listen", url_of(closed_port()), "room:lobby"}), 4, {"127.0.0.1", "refused"});
}

TEST(ExitCode, Is5WhenTheCertificateIsNotTrusted) {
  const Folder folder;
  const Certificate certificate({.name = "localhost", .alternative_names = "DNS:localhost"});
  certificate.write(folder.file("cert.pem"), folder.file("key.pem"));
  Child server({"server", "--port", "0", "--tls-certificate", "cert.pem", "--tls-key", "key.pem"},
               {.folder = folder.path()});
  const auto ping = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"ping", "wss://localhost:" + std::to_string(server.port()) + "/socket", "--count", "1"});
    return run(arguments);
  };
  expect_failure(ping({}), 5, {"self-signed", "give it as --ca-file", "--insecure"});
  EXPECT_EQ(ping({"--insecure"}).code, 0);
  const std::string ca_file = folder.file("cert.pem");
  EXPECT_EQ(ping({"--ca-file", ca_file}).code, 0);
  expect_failure(ping({"--ca-file", folder.file("none.pem")}), 5, {"none.pem"});
  const std::string other_pin = "sha256/" + std::string(43, 'A') + "=";
  expect_failure(ping({"--ca-file", ca_file, "--pin", other_pin}), 5, {});
  EXPECT_EQ(ping({"--ca-file", ca_file, "--pin", other_pin, "--pin", certificate.pin()}).code, 0);
}

TEST(ExitCode, Is5WhenTheServerWantsToKnowWhoWeAre) {
  const Folder folder;
  const Certificate certificate({.name = "localhost", .alternative_names = "DNS:localhost"});
  certificate.write(folder.file("cert.pem"), folder.file("key.pem"));
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);  // the client learns it within the handshake
  SSL_CTX_use_certificate(context.get(), certificate.certificate());
  SSL_CTX_use_PrivateKey(context.get(), certificate.key());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     [](int, X509_STORE_CTX*) { return 1; });
  const ScriptedServer server([&](ServedConnection& client) {
    if (client.accept_tls(context.get())) answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")(client);
  });
  const std::vector<std::string> ping = {"ping", url_of(server.port(), "wss"), "--insecure"};
  expect_failure(run(ping), 5, {"wants a client certificate", "--cert FILE and --key FILE"});
  auto with_certificate = ping;
  with_certificate.insert(with_certificate.end(), {"--cert", folder.file("cert.pem"), "--key", folder.file("key.pem")});
  expect_failure(run(with_certificate), 6, {"403"});
}

TEST(ExitCode, Is5WhenTheOtherSideSpeaksNoTls) {
  PhoenixServer server;
  expect_failure(run({"ping", url_of(server.port(), "wss")}), 5, {"does not speak TLS"});
}

TEST(ExitCode, Is6WhenTheServerRefusesTheConnection) {
  PhoenixServer server;
  expect_failure(run({"ping", server.url(), "--param", "token=bad"}), 6, {"403", "SUZAKU_TOKEN", "--param NAME=VALUE"});
  expect_failure(run({"ping", url_of(server.port()) + "/nothing"}), 6, {"404", "/socket/nothing/websocket"});
  const Ended given_up = run({"ping", server.url(), "--param", "token=bad", "--retry"});
  expect_failure(given_up, 6, {"403", "would refuse it again", "--token-file FILE is read at each"});
  EXPECT_LACKS(given_up.errors, "ReconnectOptions");
}

TEST(ExitCode, Is7WhenTheJoinIsRefused) {
  PhoenixServer server;
  for (const std::string retry : {"--quiet", "--retry"}) {
    expect_failure(run({"listen", server.url(), "room:forbidden", retry}), 7,
                   {"cannot join room:forbidden", "unauthorized", "--join-param"});
  }
  expect_failure(run({"listen", server.url(), "nowhere"}), 7, {"cannot join nowhere", "no such channel"});
  expect_failure(run({"push", server.url(), "room:crash", "echo"}), 7, {"room:crash", "raised"});
}

TEST(ExitCode, Is8WhenNobodyAnswersInTime) {
  PhoenixServer server;
  const Ended push = run({"push", server.url(), "room:lobby", "noreply", "--wait", "--timeout", "0.05"});
  expect_failure(push, 8, {"noreply", "--timeout TIME"});
  EXPECT_EQ(push.output, "{\"status\":\"timeout\",\"response\":{},\"ms\":null}\n");
  const ScriptedServer silent([](ServedConnection& client) { client.read_to_end(); });
  expect_failure(run({"ping", url_of(silent.port()), "--timeout", "0.05"}), 8, {"--timeout TIME"});
}

TEST(ExitCode, Is9WhenTheConnectionIsLost) {
  PhoenixServer server;
  Child listener({"listen", server.url(), "room:lobby"});
  listener.errors_until("joined");
  Child pusher({"push", server.url(), "room:lobby", "noreply", "--wait", "--wire"});
  pusher.errors_until("\"noreply\"");
  server.kill();
  EXPECT_EQ(listener.exit_code(), 9);
  EXPECT_CONTAINS(listener.errors(), "--retry connects again");
  EXPECT_EQ(pusher.exit_code(), 9);
}

TEST(ExitCode, Is9WhenTheServerSendsUsAway) {
  Child server({"server", "--port", "0"});
  Child listener({"listen", url_of(server.port()), "room:lobby"});
  listener.errors_until("joined");
  server.signal(SIGTERM);
  EXPECT_EQ(listener.exit_code(), 9);
  EXPECT_CONTAINS(listener.errors(), "1012");
}

TEST(ExitCode, Is9WhenTheChannelEnds) {
  PhoenixServer server;
  for (const std::string what : {"stop", "boom"}) {
    Child talk({"join", server.url(), "room:lobby"});
    talk.output_until("joined");
    talk.type(what + " {}\n");
    EXPECT_EQ(talk.exit_code(), 9);
    EXPECT_CONTAINS(talk.errors(), "room:lobby");
    // And when it was the last line.
    expect_failure(run({"join", server.url(), "room:lobby", "--quiet"}, what + " {}\n"), 9, {});
  }
}

TEST(ExitCode, Is10WhenAPushIsAnsweredWithAnError) {
  PhoenixServer server;
  expect_failure(run({"push", server.url(), "room:lobby", "echo_error", R"({"reason":"full"})", "--wait"}), 10,
                 {"echo_error", "full"});
}

TEST(ExitCode, Is11WhenTheServerIsNoPhoenix) {
  const ScriptedServer nonsense(answering("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  expect_failure(run({"ping", url_of(nonsense.port())}), 11, {"did not answer as a web server does"});
}

TEST(ExitCode, Is11WhenTheProxyRefuses) {
  const ScriptedServer proxy(answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
  const std::string url = "http://127.0.0.1:" + std::to_string(proxy.port());
  expect_failure(run({"ping", "ws://example.com/socket", "--proxy", url}), 11, {"502", "--proxy \"\" none"});
  expect_failure(run({"ping", "ws://example.com/socket"}, {}, {.environment = {"http_proxy=" + url}}), 11, {"502"});
}

TEST(ExitCode, Is1WhenAFileCannotBeReadOrWritten) {
  expect_failure(run({"ping", "ws://localhost/socket", "--token-file", "/nowhere/token"}), 1,
                 {"/nowhere/token: No such file"});
  expect_failure(run({"ping", "ws://localhost/socket", "--params-file", "/nowhere/params"}), 1,
                 {"/nowhere/params: No such file"});
  expect_failure(run({"ping", "ws://localhost/socket", "--record", "/nowhere/record"}), 1,
                 {"/nowhere/record: No such file"});
  expect_failure(run({"replay", "/nowhere/record"}), 1, {"/nowhere/record: No such file"});
  expect_failure(run({"replay", "/tmp"}), 1, {"/tmp: Is a directory"});
}

TEST(ExitCode, Is1WhenTheDiskIsFull) {
  PhoenixServer server;
  const auto shell = [&](const std::string& words) {
    const std::string command = std::string(SUZAKU_PROGRAM) + ' ' + words;
    Child child({"-c", command}, {.program = "/bin/sh"});
    const int code = child.exit_code();
    return Ended{code, child.output(), child.errors()};
  };
  const std::string ping = "ping " + server.url() + " --count 1 ";
  for (const std::string& words :
       {ping, std::string("--help"), std::string("--version"), std::string("ping --help"), std::string()})
    expect_failure(shell(words + " > /dev/full"), 1, {"cannot write to standard output: No space left"});
  expect_failure(shell(ping + "--record /dev/full"), 1, {"cannot write the recording /dev/full: No space left"});
}

TEST(ExitCode, IsExplainedByTheGuideAsByTheProgram) {
  std::ifstream guide(SUZAKU_GUIDE);
  const std::string help = run({"ping", "--help"}).output;
  std::size_t rows = 0;
  for (std::string line; std::getline(guide, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, std::regex("\\| (\\d+) \\| (.*) \\|"))) continue;
    ++rows;
    EXPECT_CONTAINS(help, row[1].str() + "  " + std::regex_replace(row[2].str(), std::regex("`"), ""));
  }
  EXPECT_EQ(rows, 12U);
}

TEST(Help, HasExamplesAndExitCodesForEachCommand) {
  for (const std::string command : {"listen", "push", "join", "ping", "replay"}) {
    const Ended ended = run({command, "--help"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.errors, "");
    EXPECT_CONTAINS(ended.output, "Examples:\n");
    EXPECT_GE(count_of("  suzaku " + command, ended.output) + count_of("| suzaku " + command, ended.output), 2U);
    for (const auto* part : {"Exit codes:\n", "   3  the host's name", "  11  ", "--token-file FILE", "--retry"})
      EXPECT_CONTAINS(ended.output, part);
  }
}

}  // namespace
}  // namespace suzaku::test
