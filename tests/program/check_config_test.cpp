// `suzaku check-config`: what is wrong with a file, all of it.
#include <filesystem>

#include "program.hpp"

namespace suzaku::test {
namespace {

Ended check(const std::string& file, const std::vector<std::string>& environment = {}) {
  return run({"check-config", file}, "", {.environment = environment});
}

TEST(CheckConfig, SaysThatNothingIsWrong) {
  const Folder folder;
  const auto bridge = folder.write("bridge.yaml", R"(
control: /tmp/bridge.sock
connections:
  shop: {url: "wss://shop.example.com/socket", auth_token: "${SHOP_TOKEN}"}
  other: {url: "ws://localhost:4000/socket"}
agents:
  log: {sink: stdout}
routes:
  - {from: "suzaku.**", to: log}
)");
  const auto ended = check(bridge, {"SHOP_TOKEN=t0ken-value"});
  EXPECT_EQ(ended.code, 0) << ended.errors;
  EXPECT_EQ(ended.output, bridge + ": nothing is wrong (2 connections, 1 agent)\n");
  EXPECT_EQ(ended.errors, "");

  const auto server = folder.write("suzaku.yaml", "port: 4000\n");
  EXPECT_EQ(check(server).output, server + ": nothing is wrong (a server)\n");
  EXPECT_EQ(check(server).code, 0);
}

TEST(CheckConfig, TellsAllMistakesOfABridgeAndNoSecret) {
  const Folder folder;
  const auto file = folder.write("bridge.yaml", R"(environment: production
control: /tmp/bridge.sock
connections:
  shop:
    url: ${SHOP_URL}
    auth_token: ${NOBODY}
    timeout: 5w
    chanels: [room:lobby]
routes:
  - {from: "suzaku.**", to: log}
)");
  const auto ended = check(file, {"SHOP_URL=ws://t0ken-value.example.com/socket"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.output, "");
  EXPECT_EQ(
      ended.errors,
      file +
          ":5:10: connections.shop.url: found a URL without TLS, expected wss:// or https:// in production; "
          "`allow_insecure: true` beside it permits this one\n" +
          file +
          ":6:17: connections.shop.auth_token: the environment variable NOBODY is not set; set it, or write "
          "a default: ${NOBODY:-...}\n" +
          file +
          ":7:14: connections.shop.timeout: found \"5w\", expected a time such as 500ms, 30s, 5m, 1h or 30 (seconds), "
          "from 1ms to 8760h\n" +
          file + ":8:5: connections.shop.chanels: unknown key; did you mean connections.shop.channels?\n" + file +
          ":10:29: routes[0].to: found \"log\", expected an agent; there is none\n");
}

TEST(CheckConfig, TellsAllMistakesOfAServer) {
  const Folder folder;
  const auto file = folder.write("suzaku.yaml", "prot: 4000\nlog: {format: xml}\n");
  const auto ended = check(file);
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.errors, file + ":1:1: prot: unknown key; did you mean port?\n" + file +
                              ":2:15: log.format: found \"xml\", expected text or json\n");
  folder.write("suzaku.yaml", "tls: {key: key.pem}\n");
  EXPECT_EQ(check(file).errors, file + ":1:12: tls.key is set without tls.certificate; set both, or none\n");
  EXPECT_EQ(check(file).code, 1);
}

TEST(CheckConfig, LooksForTheCertificateOfAServer) {
  const Folder folder;
  folder.make_certificate();
  const std::string files = "{certificate: " + folder.file("cert.pem") + ", key: " + folder.file("key.pem") + "}\n";
  const auto file = folder.write("suzaku.yaml", "port: 4000\ntls: " + files);
  EXPECT_EQ(check(file).code, 0) << check(file).errors;

  const Folder others;
  others.make_certificate();
  folder.write("key.pem", others.read("key.pem"));
  EXPECT_EQ(check(file).errors, file + ":2:6: tls: the TLS key " + folder.file("key.pem") +
                                    " does not belong to the certificate " + folder.file("cert.pem") + "\n");
  folder.write("key.pem", "no key");
  EXPECT_CONTAINS(check(file).errors, file + ":2:6: tls: cannot use the TLS key " + folder.file("key.pem") + ": ");
  folder.write("suzaku.yaml", "tls: {certificate: \"${FILES}/cert.pem\", key: \"${FILES}/key.pem\"}\n");
  const auto ended = check(file, {"FILES=/nowhere"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_CONTAINS(ended.errors, file + ":1:6: tls: cannot use the TLS certificate ${FILES}/cert.pem: ");
  EXPECT_LACKS(ended.errors, "/nowhere");
}

TEST(CheckConfig, LooksForTheAddressThatAServerListensOn) {
  const Folder folder;
  const auto file = folder.write("suzaku.yaml", "port: 0\nhost: name.invalid\n");
  EXPECT_CONTAINS(check(file).errors, file + ":2:7: host: cannot listen on host \"name.invalid\": ");
  EXPECT_EQ(check(file).code, 1);
  folder.write("suzaku.yaml", "host: 192.0.2.1\n");
  EXPECT_EQ(check(file).errors,
            file + ":1:7: host: cannot listen on 192.0.2.1 port 4000: Cannot assign requested address\n");
}

TEST(CheckConfig, AServerThatRunsIsNoMistake) {
  const Folder folder;
  const PhoenixServer running;
  const auto file = folder.write("suzaku.yaml", "port: " + std::to_string(running.port()) + "\n");
  EXPECT_EQ(check(file).code, 0) << check(file).errors;
}

TEST(CheckConfig, LooksForAllThatABridgeNeeds) {
  const Folder folder;
  folder.make_certificate();
  const auto file = folder.write("bridge.yaml", R"(control: none/bridge.sock
connections:
  shop: {url: "wss://shop.example.com/socket", tls: {ca_file: none.pem}}
  bank:
    url: wss://bank.example.com/socket
    tls: {certificate_file: cert.pem, key_file: none.pem}
agents:
  hook: {sink: webhook, url: "https://example.com/", spool: none/hook.db, ca_file: "${CA}"}
  kept: {sink: webhook, url: "https://example.com/", spool: bridge.yaml}
  bot: {sink: command, command: [no-such-program, "${TOKEN}"]}
  cat: {sink: command, command: [./cert.pem]}
  dog: {sink: command, command: [cat], directory: key.pem}
routes:
  - {from: "suzaku.**", to: [hook, kept, bot, cat, dog]}
)");
  const auto ended =
      run({"check-config", file}, "", {.folder = folder.path(), .environment = {"CA=/nowhere.pem", "TOKEN=t0ken"}});
  EXPECT_EQ(ended.code, 1);
  for (const auto* part :
       {":1:10: control: cannot use the folder none: No such file or directory\n",
        ":3:53: connections.shop.tls: cannot use the CA certificates in none.pem: ",
        ":6:10: connections.bank.tls: cannot use the TLS key none.pem: ",
        ":8:61: agents.hook.spool: cannot use the folder none: No such file or directory\n",
        ":8:84: agents.hook.ca_file: cannot use the CA certificates in ${CA}: ",
        ":9:61: agents.kept.spool: the spool bridge.yaml: this is another kind of file; expected none, or a spool\n",
        ":10:33: agents.bot.command: cannot find the program no-such-program in any folder of PATH\n",
        ":11:33: agents.cat.command: cannot start the program ./cert.pem: Permission denied\n",
        ":12:51: agents.dog.directory: cannot use the folder key.pem: this is no folder\n"})
    EXPECT_CONTAINS(ended.errors, file + part);
  EXPECT_EQ(count_of("\n", ended.errors), 9U) << ended.errors;
  EXPECT_LACKS(ended.errors, "nowhere");
  EXPECT_LACKS(ended.errors, "t0ken");
}

TEST(CheckConfig, LooksForTheFolderOfTheDefaultControl) {
  const Folder folder;
  const auto file = folder.write("bridge.yaml", "connections: {shop: {url: \"ws://localhost/socket\"}}\n");
  EXPECT_EQ(check(file, {"XDG_RUNTIME_DIR=" + folder.path()}).code, 0);
  const auto ended = check(file, {"XDG_RUNTIME_DIR=/nowhere"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.errors, file +
                              ":1:1: control: the default is /nowhere/suzaku-bridge.sock: cannot use the folder "
                              "/nowhere: No such file or directory; set another path\n");
}

TEST(CheckConfig, TakesAFileForWhatItIsToldThatItIs) {
  const Folder folder;
  const auto empty = folder.write("empty.yaml", "# nothing\n");
  EXPECT_EQ(check(empty).code, 1);
  EXPECT_EQ(check(empty).errors, empty + ": found no settings; --bridge or --server says what the file is for\n");
  EXPECT_EQ(run({"check-config", "--server", empty}).code, 0);
  const auto as_bridge = run({"check-config", "--bridge", empty}, "", {.environment = {"XDG_RUNTIME_DIR=/tmp"}});
  EXPECT_EQ(as_bridge.code, 1);
  EXPECT_EQ(as_bridge.errors, empty + ":1:1: connections: found none, expected at least one\n");
  EXPECT_EQ(run({"check-config", "--bridge", "--server", empty}).code, 2);

  const auto misspelt = folder.write("bridge.yaml", "conections: {}\n");
  EXPECT_CONTAINS(check(misspelt).errors, ":1:1: conections: unknown key; did you mean connections?\n");
}

TEST(CheckConfig, ChangesNothing) {
  const Folder folder;
  folder.make_certificate();
  const auto file = folder.write("bridge.yaml", R"(control: bridge.sock
connections:
  shop: {url: "wss://shop.example.com/socket", tls: {certificate_file: cert.pem, key_file: key.pem}}
agents:
  hook: {sink: webhook, url: "https://example.com/", spool: hook.db, ca_file: cert.pem}
  bot: {sink: command, command: [touch, started], directory: .}
  log: {sink: file, path: log.jsonl}
routes:
  - {from: "suzaku.**", to: [hook, bot, log]}
)");
  const auto ended = run({"check-config", file}, "", {.folder = folder.path()});
  EXPECT_EQ(ended.output, file + ": nothing is wrong (1 connection, 3 agents)\n") << ended.errors;
  for (const auto* name : {"bridge.sock", "hook.db", "started", "log.jsonl"})
    EXPECT_FALSE(std::filesystem::exists(folder.file(name))) << name;
}

TEST(CheckConfig, SendsATerminalNoCommands) {
  const Folder folder;
  const auto file = folder.write("suzaku.yaml", "\"\\e[31mport\": 4000\n");
  EXPECT_CONTAINS(check(file).errors, R"(:1:1: \u001b[31mport: unknown key)");
}

TEST(CheckConfig, SaysWhyAFileCannotBeRead) {
  const Folder folder;
  const auto ended = check(folder.file("none.yaml"));
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.errors,
            folder.file("none.yaml") + ": cannot read this configuration file: No such file or directory\n");
  expect_failure(run({"check-config"}), 2, {"FILE is required"});
}

TEST(CheckConfig, IsTheSameForTheServerWhenItStarts) {
  const Folder folder;
  const auto file = folder.write("suzaku.yaml", "prot: 4000\nlog: {format: xml}\n");
  const auto ended = run({"server", "--config", file});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.errors, "suzaku: " + file + ":1:1: prot: unknown key; did you mean port?\nsuzaku: " + file +
                              ":2:15: log.format: found \"xml\", expected text or json\n");
}

}  // namespace
}  // namespace suzaku::test
