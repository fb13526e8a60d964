// The C++ of docs/guides/testing-channels.md, and of its tables.
#include "testing-channels.md/testing_channels"

void names(kit::Server& server, kit::Client& client, kit::Channel& room, const kit::ConnectRequest& request) {
  server.connect({.params = {{"token", "x"}}});
  server.begin_connect(request).expect_refused();
  client.subscribe_and_join("room:1", {{"name", "ann"}});
  client.join("room:1").expect_error();
  room.push("shout").expect_reply("ok");
  room.push("shout").refute_reply();
  room.expect_push("rested");
  room.refute_push("rested");
  server.expect_broadcast("room:1", "shout");
  server.refute_broadcast("room:1", "shout");
  server.endpoint().broadcast("room:1", "news");
  room.leave().expect_reply("ok");
  client.close();
}

void hold(kit::Server& server, kit::Client& client) {
#include "testing-channels.md/how_time_passes"
}

void ask(kit::Server& server) {
#include "testing-channels.md/http"
}

void ask_for_later(kit::Server& server) {
#include "testing-channels.md/answers_that_come_later"
}

void ask_for_parts(kit::Server& server) {
#include "testing-channels.md/answers_in_parts"
}

void what_may_go_wrong(kit::Server& server, kit::Client& client, kit::Join& join, kit::Requesting& report,
                       kit::Requesting& news) {
  server.advance(10s);
  report.expect_answer();
  news.stop_reading();
  news.read();
  news.expect_abort();
  client.join("room:1").refute_reply();
  join.expect_ok();
  join.leave();
  join.expect_error({{"reason", "join cancelled"}});
  client.next_frame();
  server.advance(8s);
  join.expect_error({{"reason", "join timeout"}});
  client.stop_reading();
  client.read();
  server.drain();
  client.expect_close();
  client.send_text("[1,");
}
