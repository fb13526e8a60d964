// The C++ of docs/guides/testing-a-client.md, and the table "What may go wrong".
#include "testing-a-client.md/testing_a_client"

void what_may_go_wrong(kit::Server& server, kit::Connection& connection, kit::Join& join) {
  server.next_attempt().refuse(503, 5s);
  server.next_attempt().fail({.kind = Disconnect::Kind::resolve_failed});
  server.advance(10s);
  join.reply_error({{"reason", "no"}});
  join.reply("any word");
  connection.crash("room:lobby");
  connection.close_channel("room:lobby");
  connection.close(1012);
  connection.lose();
  connection.stall();
  connection.drain();
  connection.answer_heartbeats(false);
  connection.send_text("[1,");
}
