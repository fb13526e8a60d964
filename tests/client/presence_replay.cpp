// Feeds what a channel might receive to the client's list of presences and prints the result, for a test to compare
// with phoenix.js. One JSON object per line, in: {"event": "state" or "diff", "join_ref": 1, "payload": {...}}; out:
// {"calls": [["join", key, before or null, joined], ["leave", key, now, left], ["sync"]],
//  "list": [[key, presence], ...], "stale": false}, and "error" when the payload was ignored.
#include <exception>
#include <iostream>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "client/core/presence_list.hpp"

namespace {

using suzaku::Json;
using suzaku::JsonArray;
using suzaku::JsonObject;
using suzaku::client::core::PresenceList;

Json string(std::string_view text) {
  return Json(boost::json::string_view(text.data(), text.size()));
}

struct Calls : PresenceList::Events {
  void on_join(std::string_view key, const Json* before, const Json& joined) override {
    list.push_back(JsonArray{"join", string(key), before ? *before : Json(nullptr), joined});
  }
  void on_leave(std::string_view key, const Json& now, const Json& left) override {
    list.push_back(JsonArray{"leave", string(key), now, left});
  }
  void on_sync() override { list.push_back(JsonArray{"sync"}); }

  JsonArray list;
};

Json answer(PresenceList& presences, const Json& request) {
  const auto join_ref = request.at("join_ref").to_number<suzaku::client::Ref>();
  const Json& payload = request.at("payload");
  Calls calls;
  const auto done = request.at("event") == "state" ? presences.receive_state(join_ref, payload, calls)
                                                   : presences.receive_diff(join_ref, payload, calls);
  JsonArray list;
  for (const auto& [key, presence] : presences.entries()) list.push_back(JsonArray{string(key), presence});
  JsonObject answer{{"calls", calls.list}, {"list", list}, {"stale", presences.is_stale(join_ref)}};
  if (!done) answer["error"] = string(done.error().message);
  return answer;
}

}  // namespace

int main() {
  try {
    PresenceList presences;
    for (std::string line; std::getline(std::cin, line);)
      std::cout << boost::json::serialize(answer(presences, boost::json::parse(line))) << std::endl;
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "presence_replay: " << error.what() << '\n';
    return 1;
  }
}
