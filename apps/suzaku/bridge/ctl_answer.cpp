#include "ctl_answer.hpp"

#include <algorithm>

namespace suzaku::program {
namespace {

bool is_list_of_objects(const Json* value) {
  return value && value->is_array() && std::ranges::all_of(value->get_array(), &Json::is_object);
}

/// Connections, each with its channels if it has any, agents, and counts of signals.
bool is_status(const JsonObject& members) {
  const auto has_channels = [](const Json& connection) {
    const Json* const channels = connection.get_object().if_contains("channels");
    return !channels || is_list_of_objects(channels);
  };
  const Json* const connections = members.if_contains("connections");
  const Json* const signals = members.if_contains("signals");
  return is_list_of_objects(connections) && std::ranges::all_of(connections->get_array(), has_channels) &&
         is_list_of_objects(members.if_contains("agents")) && signals && signals->is_object();
}

}  // namespace

Result<void> check_ctl_answer(std::string_view command, const Json& result) {
  const JsonObject* const members = result.if_object();
  if (!members) return failure("expected an object");
  if (command == "status") {
    if (!is_status(*members)) return failure("expected lists of \"connections\" and \"agents\", and \"signals\"");
  } else if (command == "reload") {
    const Json* const failed = members->if_contains("failed");
    if (!failed || !failed->is_array()) return failure("expected a list \"failed\"");
  } else if (command == "join" || command == "leave" || command == "push") {
    const Json* const status = members->if_contains("status");
    if (!status || !status->is_string()) return failure("expected a text \"status\"");
  }
  return {};
}

}  // namespace suzaku::program
