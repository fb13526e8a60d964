// What `suzaku server` serves: its pages, its health checks and its rooms.
#include <string>

#include "server.hpp"

namespace suzaku::test {
namespace {

std::string header(const std::string& answer, const std::string& name) {
  const auto at = answer.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + 4 + name.size();
  return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

std::string body(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
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
  EXPECT_EQ(header(posted, "allow"), "GET, HEAD, OPTIONS");
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
