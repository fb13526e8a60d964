#include "daemon/commands.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <suzaku/client/push.hpp>

#include "sinks/webhook_sink.hpp"

namespace suzaku::daemon {
namespace {

using namespace std::chrono_literals;

/// A server that is down may not answer a join for a long time.
constexpr auto kPatience = 15s;

/// The members of a request, by name.
class Request {
 public:
  explicit Request(const JsonObject& members) : members_(members) {}

  Result<std::string> text(std::string_view name) const {
    const Json* const value = members_.if_contains({name.data(), name.size()});
    if (!value) return failure("\"" + std::string(name) + "\" is missing");
    if (!value->is_string() || value->as_string().empty())
      return failure("found " + boost::json::serialize(*value) + " as \"" + std::string(name) + "\", expected a text");
    return std::string(value->as_string());
  }

  /// An object; {} when it is absent.
  Result<Payload> payload(std::string_view name) const {
    const Json* const value = members_.if_contains({name.data(), name.size()});
    if (value && !value->is_object())
      return failure("found " + boost::json::serialize(*value) + " as \"" + std::string(name) +
                     "\", expected an object");
    return value ? Payload(*value) : Payload();
  }

 private:
  const JsonObject& members_;
};

JsonArray names(const std::vector<std::string>& of) {
  return JsonArray(of.begin(), of.end());
}

Result<Json> ended(const client::Push& push) {
  const auto reply = push.get_for(kPatience);
  if (!reply) return failure("there is no answer yet; it goes on");
  if (reply->ok() || reply->outcome == client::Outcome::error) {
    const bool is_json = !reply->response.is_binary();
    return Json({{"status", reply->status}, {"response", is_json ? reply->response.json() : Json("(bytes)")}});
  }
  return failure(reply->message);
}

// --- the commands ---

Result<Json> status(Daemon& daemon, const Request&) {
  return Json(daemon.status());
}

Result<Json> start(Daemon& daemon, const Request& request) {
  return request.text("connection")
      .and_then([&](const std::string& name) { return daemon.start_connection(name); })
      .map([] { return Json(JsonObject()); });
}

Result<Json> stop(Daemon& daemon, const Request& request) {
  return request.text("connection")
      .and_then([&](const std::string& name) { return daemon.stop_connection(name); })
      .map([] { return Json(JsonObject()); });
}

Result<std::shared_ptr<bridge::Connection>> connection_of(Daemon& daemon, const Request& request) {
  return request.text("connection").and_then([&](const std::string& name) { return daemon.connection(name); });
}

Result<Json> join(Daemon& daemon, const Request& request) {
  const auto topic = request.text("topic");
  if (!topic) return tl::unexpected(topic.error());
  const auto params = request.payload("params");
  if (!params) return tl::unexpected(params.error());
  return connection_of(daemon, request).and_then([&](const auto& connection) {
    return ended(connection->join_channel(*topic, *params));
  });
}

Result<Json> leave(Daemon& daemon, const Request& request) {
  const auto topic = request.text("topic");
  if (!topic) return tl::unexpected(topic.error());
  return connection_of(daemon, request).and_then([&](const auto& connection) {
    return ended(connection->leave_channel(*topic));
  });
}

Result<Json> push(Daemon& daemon, const Request& request) {
  const auto topic = request.text("topic");
  if (!topic) return tl::unexpected(topic.error());
  const auto event = request.text("event");
  if (!event) return tl::unexpected(event.error());
  const auto payload = request.payload("payload");
  if (!payload) return tl::unexpected(payload.error());
  return connection_of(daemon, request).and_then([&](const auto& connection) -> Result<Json> {
    const auto push = connection->push_event(*topic, *event, *payload);
    if (!push) return failure(push.error().message);
    return ended(*push);
  });
}

/// {"retried": 3} or {"dropped": 3}: the signals that were parked.
Result<Json> webhook(Daemon& daemon, const Request& request) {
  const auto action = request.text("action");
  if (!action) return tl::unexpected(action.error());
  if (*action != "retry" && *action != "drop")
    return failure("found \"" + *action + "\" as \"action\", expected retry or drop");
  return request.text("agent")
      .and_then([&](const std::string& agent) { return daemon.webhook(agent); })
      .map([&](const auto& webhook) {
        return *action == "retry" ? Json({{"retried", webhook->retry()}}) : Json({{"dropped", webhook->drop_parked()}});
      });
}

Result<Json> reload(Daemon& daemon, const Request&) {
  return daemon.reload().map([](const Changes& changes) {
    return Json({{"added", names(changes.added)},
                 {"removed", names(changes.removed)},
                 {"changed", names(changes.changed)},
                 {"failed", names(changes.failed)},
                 {"after_restart", names(changes.after_restart)}});
  });
}

struct Command {
  std::string_view name;
  Result<Json> (*run)(Daemon&, const Request&);
};

constexpr std::array kCommands = {Command{"status", status},   Command{"start", start},  Command{"stop", stop},
                                  Command{"join", join},       Command{"leave", leave},  Command{"push", push},
                                  Command{"webhook", webhook}, Command{"reload", reload}};

Result<Json> run(Daemon& daemon, std::string_view text) {
  boost::system::error_code failed;
  const Json json = boost::json::parse({text.data(), text.size()}, failed);
  if (failed || !json.is_object())
    return failure(R"(expected a JSON object in one line, such as {"command": "status"})");
  const Request request(json.as_object());
  const auto name = request.text("command");
  if (!name) return tl::unexpected(name.error());
  for (const Command& command : kCommands)
    if (command.name == *name) return command.run(daemon, request);
  return failure("there is no command \"" + *name +
                 "\"; there are status, start, stop, join, leave, push, webhook and reload");
}

}  // namespace

std::string answer(Daemon& daemon, std::string_view request) {
  Result<Json> result;
  try {
    result = run(daemon, request);
  } catch (const std::exception& error) {  // a topic that is not UTF-8, or no thread can be started
    result = failure(error.what());
  }
  JsonObject answer = result ? JsonObject{{"ok", true}, {"result", *std::move(result)}}
                             : JsonObject{{"ok", false}, {"error", result.error().message}};
  return boost::json::serialize(daemon.hide(std::move(answer)));
}

}  // namespace suzaku::daemon
