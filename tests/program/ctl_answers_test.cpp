// `suzaku bridge ctl` with a control socket that gives other answers than a bridge, or none.
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "program.hpp"

namespace suzaku::test {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

/// Listens on a control socket, and answers every request with these bytes.
class OddBridge {
 public:
  OddBridge(std::string path, std::string answer)
      : path_(std::move(path)), acceptor_(io_, Protocol::endpoint(path_)), answer_(std::move(answer)) {
    thread_ = std::thread([this] {
      while (serve()) continue;
    });
  }
  ~OddBridge() {
    Protocol::socket last(io_);
    last.connect(Protocol::endpoint(path_));
    last.close();
    thread_.join();
    std::filesystem::remove(path_);
  }
  OddBridge(const OddBridge&) = delete;
  OddBridge& operator=(const OddBridge&) = delete;

 private:
  /// False for a client that sends no request.
  bool serve() {
    Protocol::socket client = acceptor_.accept();
    std::string request;
    boost::system::error_code failed;
    asio::read_until(client, asio::dynamic_buffer(request), '\n', failed);
    if (failed) return false;
    asio::write(client, asio::buffer(answer_), failed);  // the client may have gone
    return true;
  }

  const std::string path_;
  asio::io_context io_;
  Protocol::acceptor acceptor_;
  const std::string answer_;
  std::thread thread_;
};

const std::map<std::string, std::vector<std::string>> kRequests = {
    {"status", {"status"}},
    {"start", {"start", "chat"}},
    {"stop", {"stop", "chat"}},
    {"join", {"join", "chat", "room:1"}},
    {"leave", {"leave", "chat", "room:1"}},
    {"push", {"push", "chat", "room:1", "shout"}},
    {"reload", {"reload"}},
};

class CtlAnswers : public testing::Test {
 protected:
  Ended ctl(const std::string& request, std::vector<std::string> options = {}) {
    std::vector<std::string> words = {"bridge", "ctl", "--socket", path};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), kRequests.at(request).begin(), kRequests.at(request).end());
    return run(words);
  }

  const Folder folder;
  const std::string path = folder.file("control");
};

TEST_F(CtlAnswers, ThatNoBridgeGivesAreAFailureOfEveryRequest) {
  const std::string deep = R"({"ok":true,"result":)" + std::string(2'000, '[') + std::string(2'000, ']') + "}";
  for (const std::string& answer : {std::string(),
                                    std::string("\n"),
                                    std::string("hello\n"),
                                    std::string("5\n"),
                                    std::string("null\n"),
                                    std::string("[]\n"),
                                    std::string("{}\n"),
                                    std::string("{\"ok\":true}\n"),
                                    std::string("{\"ok\":1,\"result\":{}}\n"),
                                    std::string("{\"ok\":null,\"result\":{}}\n"),
                                    std::string("{\"ok\":true,\"result\":5}\n"),
                                    std::string("{\"ok\":true,\"result\":null}\n"),
                                    std::string("{\"ok\":true,\"result\":[]}\n"),
                                    std::string("{\"ok\":true,\"result\":\"x\"}\n"),
                                    std::string("{\"ok\":true,\"error\":\"x\"}\n"),
                                    std::string("{\"ok\":false}\n"),
                                    std::string("{\"ok\":false,\"error\":5}\n"),
                                    std::string("{\"ok\":false,\"result\":{}}\n"),
                                    std::string("\xff\xfe\n"),
                                    std::string("{\"ok\":true,\"result\":{}"),
                                    deep + "\n"}) {
    const OddBridge bridge(path, answer);
    for (const auto& [request, words] : kRequests) {
      SCOPED_TRACE(request + ": " + answer.substr(0, 100));
      const Ended ended = ctl(request);
      expect_failure(ended, 1, {path});
      EXPECT_EQ(ended.output, "");
    }
  }
}

TEST_F(CtlAnswers, AreCheckedForWhatEachRequestNeeds) {
  struct Case {
    std::string request, result;
    int code;
  };
  const std::string quiet = R"("agents":[],"signals":{}})";
  for (const auto& [request, result, code] : std::vector<Case>{
           {"start", "{}", 0},
           {"stop", "{}", 0},
           {"join", "{}", 1},
           {"leave", "{}", 1},
           {"push", "{}", 1},
           {"reload", "{}", 1},
           {"status", "{}", 1},
           {"join", R"({"status":5})", 1},
           {"join", R"({"status":"ok"})", 0},
           {"join", R"({"status":"error"})", 7},
           {"push", R"({"status":"error"})", 10},
           {"push", R"({"status":null})", 1},
           {"leave", R"({"status":{}})", 1},
           {"reload", R"({"failed":5})", 1},
           {"reload", R"({"failed":{}})", 1},
           {"reload", R"({"failed":["agent a"]})", 1},
           {"reload", R"({"failed":[]})", 0},
           {"status", R"({"connections":5,)" + quiet, 1},
           {"status", R"({"connections":[5],)" + quiet, 1},
           {"status", R"({"connections":[{"channels":5}],)" + quiet, 1},
           {"status", R"({"connections":[{"channels":[5]}],)" + quiet, 1},
           {"status", R"({"connections":[],"agents":[null],"signals":{}})", 1},
           {"status", R"({"connections":[],"agents":[],"signals":[]})", 1},
           {"status", R"({"connections":[],"agents":[]})", 1},
           {"status", R"({"connections":[{"channels":[{}]},{"name":5}],"agents":[{"sink":{}}],"signals":{}})", 0},
       }) {
    SCOPED_TRACE(request + ": " + result);
    const OddBridge bridge(path, R"({"ok":true,"result":)" + result + "}\n");
    const Ended ended = ctl(request);
    EXPECT_EQ(ended.code, code) << ended.errors;
    const bool says_why = request == "reload" && result == R"({"failed":["agent a"]})";
    EXPECT_EQ(ended.output.empty(), !ended.errors.empty() && !says_why) << ended.output << ended.errors;
    EXPECT_EQ(ended.errors == "suzaku: could not start agent a\n", says_why) << ended.errors;
  }
}

TEST_F(CtlAnswers, OfAConnectionShowTheErrorOfAChannelThatIsNotJoined) {
  const auto row = [this](const std::string& status, const std::string& channels) {
    const OddBridge bridge(path, R"({"ok":true,"result":{"connections":[{"name":"chat","status":")" + status +
                                     R"(","last_error":"the network","channels":[)" + channels +
                                     "]}],\"agents\":[],\"signals\":{}}}\n");
    return ctl("status").output;
  };
  const std::string joined = R"({"topic":"room:1","joined_at":"now","last_error":"old"})";
  const std::string joining = R"({"topic":"room:2","joined_at":null,"last_error":""})";
  const std::string silent = R"({"topic":"room:3","joined_at":null,"last_error":"no answer"})";
  const std::string closed = R"({"topic":"room:4","joined_at":null,"last_error":"closed"})";
  EXPECT_CONTAINS(row("connected", joined + "," + joining), "1 of 2 joined\n");  // it has recovered
  EXPECT_CONTAINS(row("connected", joined + "," + silent), "1 of 2 joined  room:3: no answer\n");
  EXPECT_CONTAINS(row("connected", silent + "," + joining + "," + closed),
                  "0 of 3 joined  room:3: no answer (1 more: see --json)\n");
  EXPECT_CONTAINS(row("disconnected", silent), "0 of 1 joined  the network\n");
}

TEST_F(CtlAnswers, OfAnAgentShowWhatWasLostAndWhenItHasFailed) {
  const OddBridge bridge(path, R"({"ok":true,"result":{"connections":[],"agents":[{"name":"hook","sink":"webhook",)"
                               R"("is_running":true,"dropped":2,"refused":3,"failures":1,"last_failure":"no space",)"
                               R"("last_failure_at":"2026-01-31T12:00:00.000001Z"}],"signals":{}}})"
                               "\n");
  EXPECT_CONTAINS(ctl("status").output, "5        1         2026-01-31T12:00:00Z: no space\n");
}

TEST_F(CtlAnswers, AreNotWaitedForLongerThanTheTimeout) {
  asio::io_context io;
  const Protocol::acceptor silent(io, Protocol::endpoint(path));  // as that of a bridge that is stopped
  for (const auto& [request, words] : kRequests)
    expect_failure(ctl(request, {"--timeout", "20ms"}), 1, {path + " did not answer within 20ms"});
}

TEST_F(CtlAnswers, HaveALargestSize) {
  const OddBridge bridge(path, std::string((64 << 20) + 1, ' ') + "\n");
  expect_failure(ctl("status"), 1, {path + " has more than 67108864 bytes"});
}

TEST_F(CtlAnswers, ReachATerminalWithoutControlCharactersAndAsTheSameJson) {
  const std::string text = "\u001b[2J \u007f \u009b2J \u2028 \u202e";
  const std::string odd = R"("\u001b[2J )"
                          "\x7f \u009b2J \u2028 \u202e\"";
  const std::string status = R"({"connections":[{"name":)" + odd + R"(,"last_error":)" + odd +
                             R"(,"channels":[{"topic":)" + odd + R"(}]}],"agents":[{"name":)" + odd +
                             R"(}],"signals":{"published":)" + odd + R"(},"pid":)" + odd + "}";
  const std::map<std::string, std::string> results = {{"status", status},
                                                      {"push", R"({"status":"ok","response":)" + odd + "}"},
                                                      {"join", R"({"status":"ok","response":)" + odd + "}"},
                                                      {"reload", R"({"failed":[],"changed":[)" + odd + "]}"}};
  for (const auto& [request, result] : results) {
    SCOPED_TRACE(request);
    const OddBridge bridge(path, R"({"ok":true,"result":)" + result + "}\n");
    for (const auto& options : std::vector<std::vector<std::string>>{{}, {"--json"}}) {
      const Ended ended = ctl(request, options);
      EXPECT_EQ(ended.code, 0) << ended.errors;
      for (const auto* raw : {"\x1b", "\x7f", "\u009b", "\u2028", "\u202e"}) EXPECT_LACKS(ended.output, raw);
      if (request != "push") continue;
      EXPECT_EQ(json_lines(ended.output).at(0).at("response").as_string(), std::string_view(text));
    }
  }
  const OddBridge bridge(path, R"({"ok":false,"error":)" + odd + "}\n");
  for (const auto* raw : {"\x1b", "\x7f", "\u009b", "\u2028", "\u202e"}) EXPECT_LACKS(ctl("push").errors, raw);
}

}  // namespace
}  // namespace suzaku::test
