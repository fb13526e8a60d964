#include "server_testing/kit_test.hpp"

namespace suzaku::server_testing {
namespace {

TEST_F(KitTest, a_channel_is_joined_and_answers) {
  const Client client = server.connect();
  const Channel room = client.subscribe_and_join("room:1");
  EXPECT_EQ(room.response().json().at("topic"), "room:1");
  const Push echo = room.push("echo", {{"a", 1}, {"b", {{"c", 2}}}});
  EXPECT_EQ(echo.expect_reply("ok", {{"b", {{"c", 2}}}}).json().at("a"), 1);
  client.expect_nothing();
}

TEST_F(KitTest, broadcasts_reach_all_clients_and_the_test) {
  const Channel ann = server.connect().subscribe_and_join("room:1");
  const Channel bob = server.connect({.vsn = 1}).subscribe_and_join("room:1");
  const Channel other = server.connect().subscribe_and_join("room:2");
  ann.push("shout", {{"text", "hi"}});
  ann.expect_push("shout", {{"text", "hi"}});
  bob.expect_push("shout");
  other.refute_push("shout");
  server.expect_broadcast("room:1", "shout", {{"text", "hi"}});
  server.refute_broadcast("room:1", "shout");
  server.endpoint().broadcast("room:2", "news", {{"n", 1}});
  other.expect_push("news", {{"n", 1}});
}

TEST_F(KitTest, bytes_go_both_ways) {
  const Channel room = server.connect().subscribe_and_join("room:1");
  EXPECT_EQ(room.push("echo", Payload::binary("abc")).expect_reply("ok", Payload::binary("abc")).raw(), "abc");
  room.push("shout", Payload::binary("xyz"));
  EXPECT_TRUE(room.expect_push("shout", Payload::binary("xyz")).is_binary());
}

TEST_F(KitTest, time_passes_when_the_test_says_so) {
  const Channel room = server.connect().subscribe_and_join("room:1");
  room.push("remind");
  server.advance(59s);
  room.refute_push("reminder");
  server.advance(1s);
  room.expect_push("reminder");
}

TEST_F(KitTest, blocking_work_is_done_at_once) {
  const Channel room = server.connect().subscribe_and_join("room:1");
  room.push("work").expect_reply("ok", {{"done", true}});
}

TEST_F(KitTest, channels_end) {
  const Client client = server.connect();
  const Channel left = client.subscribe_and_join("room:1");
  left.leave().expect_reply("ok");
  left.expect_close();
  const Channel crashed = client.subscribe_and_join("room:2");
  crashed.push("crash");
  crashed.expect_error();
  const Channel closed = client.subscribe_and_join("room:3");
  client.close();
  EXPECT_FALSE(client.is_open());
  EXPECT_EQ(script.notes, (std::vector<std::string>{"ended", "ended", "ended"}));
  EXPECT_EQ(server.endpoint().stats().sockets, 0u);
}

TEST_F(KitTest, a_drain_tells_clients_to_come_back) {
  const Client client = server.connect();
  client.subscribe_and_join("room:1");
  server.drain();
  EXPECT_EQ(client.expect_close(), 1012);
  EXPECT_EQ(script.notes, std::vector<std::string>{"draining"});
}

TEST_F(KitTest, a_drain_refuses_new_clients) {
  server.drain();
  server.drain();
  EXPECT_EQ(server.begin_connect().expect_refused().status, 503);
}

TEST_F(KitTest, blocking_work_can_be_held) {
  script.join = [](const Script::Later& later, const Script::Work& work) {
    const server::JoinAnswer answer = later();
    work([answer] { answer.ok({{"found", true}}); });
    return answer;
  };
  server.hold_blocking_work();
  const Join join = server.connect().join("room:1");
  const Push early = join.push("echo");
  join.refute_reply();
  server.run_blocking_work();
  join.expect_ok({{"found", true}});
  early.expect_reply("ok");
}

TEST_F(KitTest, a_join_that_waits_can_be_left) {
  script.join = [](const Script::Later& later, const Script::Work&) { return later(); };
  const Join join = server.connect().join("room:1");
  join.leave().expect_reply("ok");
  join.expect_error({{"reason", "join cancelled"}});
}

TEST_F(KitTest, what_the_server_cannot_read_closes_the_connection) {
  const Client client = server.connect();
  client.send_text("no JSON");
  EXPECT_EQ(client.expect_close(), 1011);
}

TEST_F(KitTest, messages_can_be_sent_and_taken_as_they_are) {
  const Client client = server.connect();
  client.send_text(R"([null,"7","phoenix","heartbeat",{}])");
  EXPECT_EQ(client.expect_frame(), R"([null,"7","phoenix","phx_reply",{"status":"ok","response":{}}])");
}

TEST_F(KitTest, a_client_that_does_not_read_makes_channels_wait_for_room) {
  const Client client = server.connect();
  const Channel room = client.subscribe_and_join("room:1");
  client.stop_reading();
  room.push("fill");
  EXPECT_GT(client.waiting_bytes(), 64u * 1024);
  EXPECT_LE(client.waiting_bytes(), 128u * 1024);
  EXPECT_EQ(script.notes, std::vector<std::string>());
  client.read();
  EXPECT_EQ(script.notes, std::vector<std::string>{"room"});
  for (int i = 0; i < 30; ++i) room.expect_push("part");
  client.expect_nothing();
}

TEST(Kit, a_client_that_never_reads_is_cut_off) {
  Script script;
  Server server({.max_queued_bytes = 100});
  server.endpoint().socket("/socket").channel("room:*", [&] { return std::make_unique<TestChannel>(script); });
  const Client client = server.connect();
  const Channel room = client.subscribe_and_join("room:1");
  client.stop_reading();
  room.push("echo", {{"text", std::string(200, 'x')}});
  EXPECT_EQ(client.expect_close(), 1013);
}

TEST(Kit, clients_that_do_not_read_are_cut_off_by_a_broadcast_too) {
  Script script;
  Server server({.max_queued_bytes = 1000});
  server.endpoint().socket("/socket").channel("room:*", [&] { return std::make_unique<TestChannel>(script); });
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(server.connect());
    clients.back().subscribe_and_join("room:1");
    clients.back().stop_reading();
  }
  for (int i = 0; i < 3; ++i) server.endpoint().broadcast("room:1", "n", {{"text", std::string(600, 'x')}});
  server.run();
  for (const Client& client : clients) EXPECT_EQ(client.expect_close(), 1013);
}

TEST_F(KitTest, failures_say_what_was_expected_and_what_came) {
  const Client client = server.connect();
  const Channel room = client.subscribe_and_join("room:1");
  const Push echo = room.push("echo", {{"a", 1}});
  const std::string failure = failure_of([&] { echo.expect_reply("ok", {{"a", 2}}); });
  EXPECT_NE(failure.find(R"(did not get the reply "ok" with {"a":2} to its message 2 on "room:1")"), std::string::npos)
      << failure;
  EXPECT_NE(failure.find(R"(#1 server  ["1","2","room:1","phx_reply",{"status":"ok","response":{"a":1}}])"),
            std::string::npos)
      << failure;
  EXPECT_NE(failure_of([&] { echo.refute_reply(); }), "");
  EXPECT_NE(failure_of([&] { client.expect_nothing(); }), "");
  EXPECT_NE(failure_of([&] { client.expect_close(); }), "");
  EXPECT_NE(failure_of([&] { room.expect_push("shout"); }), "");
  EXPECT_NE(failure_of([&] { server.expect_broadcast("room:1", "shout"); }), "");
  room.push("shout");
  EXPECT_NE(failure_of([&] { room.refute_push("shout"); }), "");
  EXPECT_NE(failure_of([&] { server.refute_broadcast("room:1", "shout"); }), "");
  client.close();
  EXPECT_THROW(room.push("echo"), std::logic_error);
}

TEST_F(KitTest, messages_of_another_join_do_not_match) {
  const Client client = server.connect();
  const Channel first = client.subscribe_and_join("room:1");
  const Channel second = client.subscribe_and_join("room:1");
  first.expect_close();
  second.push("remind");
  server.advance(1min);
  first.refute_push("reminder");
  second.expect_push("reminder");
}

// --- HTTP ---

TEST_F(KitTest, routes_are_asked) {
  server.endpoint().get("/now", [](const server::HttpRequest& request) {
    return server::HttpResponse::json({{"agent", *request.header("user-agent")}});
  });
  server.endpoint().post("/things/:id",
                         [](const server::HttpRequest& request) -> server::HttpResult {
                           const server::HttpAnswer answer = request.later();
                           answer.send({.status = 201, .body = *request.param("id") + request.body});
                           return answer;
                         },
                         {.max_body = 3});
  server.endpoint().get("/never",
                        [](const server::HttpRequest& request) -> server::HttpResult { return request.later(); });
  server.endpoint().get("/parts", [](const server::HttpRequest& request) -> server::HttpResult {
    const server::HttpStream body = request.stream({.content_type = "text/csv"});
    body.write("a,b\n");
    body.write("1,2\n");
    body.end();
    return body;
  });
  const auto now = server.request({.path = "/now", .headers = {{"user-agent", "kit"}}});
  EXPECT_EQ(now.status, 200);
  EXPECT_EQ(now.content_type, "application/json");
  EXPECT_EQ(now.body, R"({"agent":"kit"})");
  EXPECT_EQ(server.request({.method = "HEAD", .path = "/now", .headers = {{"user-agent", "kit"}}}).body, "");
  const auto made = server.request({.method = "POST", .path = "/things/7", .body = "abc"});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body, "7abc");
  EXPECT_EQ(server.request({.method = "POST", .path = "/things/7", .body = "abcd"}).status, 413);
  EXPECT_EQ(server.request({.path = "/parts"}).body, "a,b\n1,2\n");
  EXPECT_EQ(server.request({.path = "/nowhere"}).status, 404);
  EXPECT_THROW(server.request({.path = "/never"}), Failure);
}

// --- who is let in ---

/// Lets in who names itself; "later" is answered by the test.
class TestSocket final : public server::UserSocket {
 public:
  explicit TestSocket(server::ConnectAnswer& answer) : answer_(answer) {}
  ConnectResult connect(const ConnectInfo& info) override {
    if (info.param("user") == "later") return answer_ = later();
    if (info.param("user") == "blocking") {
      run_blocking([answer = later()] { answer.accept(); });
      return later();
    }
    if (info.param("user") == "throwing") {
      run_blocking([] { throw std::runtime_error("on purpose"); });
      return later();
    }
    const auto name = info.auth_token ? info.auth_token : info.param("user");
    return name ? accept() : refuse(401, info.peer_address);
  }

 private:
  server::ConnectAnswer& answer_;
};

class ConnectTest : public testing::Test {
 protected:
  ConnectTest() {
    server.endpoint().socket("/socket", [this] { return std::make_unique<TestSocket>(answer); }, {.auth_token = true});
  }
  server::ConnectAnswer answer;
  Server server;
};

TEST_F(ConnectTest, a_client_is_let_in_by_what_it_says) {
  EXPECT_TRUE(server.connect({.params = {{"user", "ann"}}}).is_open());
  EXPECT_TRUE(server.connect({.auth_token = "token?"}).is_open());
  const auto refusal = server.begin_connect({.peer_address = "192.0.2.7"}).expect_refused();
  EXPECT_EQ(refusal.status, 401);
  EXPECT_EQ(refusal.body, "192.0.2.7");
  EXPECT_EQ(server.begin_connect({.path = "/nowhere"}).expect_refused().status, 404);
  EXPECT_THROW(server.connect(), Failure);
}

TEST_F(ConnectTest, is_answered_later) {
  const Connecting ann = server.begin_connect({.params = {{"user", "later"}}});
  ann.refute_answer();
  answer.accept();
  EXPECT_TRUE(ann.expect_accepted().is_open());
  const Connecting bob = server.begin_connect({.params = {{"user", "later"}}});
  answer.refuse(429);
  EXPECT_EQ(bob.expect_refused().status, 429);
}

TEST_F(ConnectTest, may_run_a_check_that_blocks) {
  server.hold_blocking_work();
  const Connecting good = server.begin_connect({.params = {{"user", "blocking"}}});
  const Connecting bad = server.begin_connect({.params = {{"user", "throwing"}}});
  good.refute_answer();
  server.run_blocking_work();
  EXPECT_TRUE(good.expect_accepted().is_open());
  EXPECT_EQ(bad.expect_refused().status, 500);
}

TEST(Kit, an_id_that_throws_refuses_a_connect_that_was_accepted_later) {
  struct Throwing final : server::UserSocket {
    explicit Throwing(server::ConnectAnswer& kept) : kept_(kept) {}
    ConnectResult connect(const ConnectInfo&) override { return kept_ = later(); }
    std::string id() const override { throw std::runtime_error("on purpose"); }
    server::ConnectAnswer& kept_;
  };
  server::ConnectAnswer answer;
  Server server;
  server.endpoint().socket("/socket", [&] { return std::make_unique<Throwing>(answer); });
  const Connecting connecting = server.begin_connect();
  answer.accept();
  answer.accept();
  EXPECT_EQ(connecting.expect_refused().status, 500);
}

TEST_F(ConnectTest, is_503_when_no_answer_comes_within_the_request_timeout) {
  const Connecting connecting = server.begin_connect({.params = {{"user", "later"}}});
  server.advance(10s - 1ms);
  connecting.refute_answer();
  server.advance(1ms);
  EXPECT_EQ(connecting.expect_refused().status, 503);
  answer.accept();  // nothing happens
  EXPECT_EQ(connecting.expect_refused().status, 503);
}

TEST_F(ConnectTest, an_answer_after_the_client_has_gone_does_nothing) {
  const Connecting connecting = server.begin_connect({.params = {{"user", "later"}}});
  connecting.cancel();
  answer.accept();
  connecting.refute_answer();
  server.advance(10s);  // nor does the end of its time
  connecting.refute_answer();
}

}  // namespace
}  // namespace suzaku::server_testing
