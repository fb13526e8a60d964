// The program and the spool of a webhook that another program deletes.
#include <atomic>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>

#include <boost/json/parse.hpp>

#include "bridge_program.hpp"
#include "support/http_receiver.hpp"

namespace suzaku::test {
namespace {

TEST_F(BridgeProgram, DeliversAllAlthoughItsSpoolWasDeletedAndItWasKilled) {
  std::atomic<bool> is_away{true};
  HttpReceiver receiver([&](const auto&) { return HttpReceiver::status(is_away ? 503 : 200); });
  std::string yaml = kConfiguration;
  yaml.replace(yaml.find("routes:"), 7,
               "  hook: {sink: webhook, url: \"" + receiver.url() +
                   "\", spool: hook.db, retry: {first: 1ms, max: 1ms}}\nroutes:");
  yaml += "  - {from: suzaku.chat.*.shout, to: hook}\n";
  const auto push = [&](const std::string& text) {
    EXPECT_EQ(ctl({"push", "chat", "room:1", "shout", R"({"text": ")" + text + "\"}"}).code, 0);
  };
  const auto await_status = [&](const std::string& name, int count) {
    for (bool is_so = false; !is_so;) {
      const Json status = boost::json::parse(ctl({"status", "--json"}).output);
      for (const Json& agent : status.at("agents").as_array())
        is_so = is_so || (agent.at("name") == "hook" && agent.at(name) == count);
    }
  };
  {
    Child bridge = start(yaml);
    await_connected(bridge);
    push("first");
    await_status("waiting", 1);
    std::filesystem::remove(folder.file("hook.db"));
    std::filesystem::remove(folder.file("hook.db-wal"));
    push("second");
    bridge.errors_until("hook.db was deleted while it was in use; signals that were written to a new spool");
    await_status("spool_rewrites", 1);
    await_status("waiting", 2);
    bridge.signal(SIGKILL);
    bridge.exit_code();
  }
  is_away = false;
  Child bridge = start(yaml);
  await_connected(bridge);
  await_status("delivered", 2);
  std::set<std::string> texts;
  while (receiver.waiting() > 0) {
    const std::string body = receiver.next().body;
    for (const char* text : {"first", "second"})
      if (body.find(text) != body.npos) texts.insert(text);
  }
  EXPECT_EQ(texts.size(), 2U);
}

}  // namespace
}  // namespace suzaku::test
