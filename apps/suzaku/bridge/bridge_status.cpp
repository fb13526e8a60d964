#include "bridge_status.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>

#include "base/printable.hpp"

namespace suzaku::program {
namespace {

using Row = std::vector<std::string>;

/// A member as text; "" when it is missing or null.
std::string words(const JsonObject& of, std::string_view name) {
  const Json* const value = of.if_contains({name.data(), name.size()});
  if (!value || value->is_null()) return "";
  return printable(value->is_string() ? std::string(value->as_string()) : boost::json::serialize(*value));
}

bool is_true(const JsonObject& of, std::string_view name) {
  const Json* const value = of.if_contains({name.data(), name.size()});
  return value && value->is_bool() && value->as_bool();
}

/// "2026-01-31T12:00:00Z", without parts of a second.
std::string time(const JsonObject& of, std::string_view name) {
  const std::string text = words(of, name);
  return text.substr(0, text.find('.')) + (text.find('.') == text.npos ? "" : "Z");
}

JsonArray channels_of(const JsonObject& connection) {
  const Json* const channels = connection.if_contains("channels");
  return channels ? channels->as_array() : JsonArray();
}

bool is_joined(const Json& channel) {
  return !words(channel.as_object(), "joined_at").empty();
}

/// "2 of 3 joined"
std::string count_of(const JsonArray& channels) {
  if (channels.empty()) return "none";
  const auto joined = std::ranges::count_if(channels, is_joined);
  return std::to_string(joined) + " of " + std::to_string(channels.size()) + " joined";
}

/// The error of the first channel that is not joined, with its topic and the number of further ones; "" when there is
/// none.
std::string error_in(const JsonArray& channels) {
  std::string first;
  std::size_t more = 0;
  for (const Json& channel : channels) {
    const std::string error = words(channel.as_object(), "last_error");
    if (is_joined(channel) || error.empty()) continue;
    if (first.empty()) {
      first = words(channel.as_object(), "topic") + ": " + error;
    } else {
      ++more;
    }
  }
  return more == 0 ? first : first + " (" + std::to_string(more) + " more: see --json)";
}

Row connection_row(const JsonObject& connection) {
  std::string status = words(connection, "status");
  if (is_true(connection, "given_up")) status = "given up";
  const std::string attempt = words(connection, "attempt");
  if (status == "connecting" && attempt != "0") status += ", attempt " + attempt;
  if (const std::string next = time(connection, "next_attempt_at"); !next.empty()) status += " at " + next;
  const JsonArray channels = channels_of(connection);
  std::string error = status == "connected" ? error_in(channels) : words(connection, "last_error");
  return {words(connection, "name"), status, time(connection, "since"), count_of(channels), std::move(error)};
}

std::string state_of(const JsonObject& agent) {
  if (!is_true(agent, "is_running")) return "given up";
  return is_true(agent, "is_paused") ? "paused" : "running";
}

/// What was dropped here, and what a receiver refused: neither comes any more.
std::string lost(const JsonObject& agent) {
  std::uint64_t count = 0;
  for (const auto* const name : {"dropped", "refused"})
    if (const Json* const value = agent.if_contains(name); value && value->is_number())
      count += value->to_number<std::uint64_t>();
  return std::to_string(count);
}

/// "2026-01-31T12:00:00Z: no space"
std::string last_failure(const JsonObject& agent) {
  const std::string what = words(agent, "last_failure");
  const std::string at = time(agent, "last_failure_at");
  return what.empty() || at.empty() ? what : at + ": " + what;
}

Row agent_row(const JsonObject& agent) {
  return {words(agent, "name"),    words(agent, "sink"),   state_of(agent), words(agent, "handled"),
          words(agent, "waiting"), words(agent, "parked"), lost(agent),     words(agent, "failures"),
          last_failure(agent)};
}

/// The colour of a state: green for good, red for failed, yellow for between.
std::string_view color_of(std::string_view cell) {
  if (cell == "connected" || cell == "running") return "\x1b[32m";
  if (cell == "given up" || cell == "disconnected") return "\x1b[31m";
  return cell.starts_with("connecting") || cell == "stopped" || cell == "paused" ? "\x1b[33m" : "";
}

std::string table(const std::vector<Row>& rows, bool color) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string_view paint = color ? color_of(row[i]) : "";
      line.append(paint).append(row[i]).append(paint.empty() ? "" : "\x1b[0m");
      line.append(widths[i] - row[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace

std::string bridge_status(const Json& status, bool color) {
  const JsonObject& of = status.as_object();
  std::vector<Row> connections = {{"CONNECTION", "STATUS", "SINCE", "CHANNELS", "LAST ERROR"}};
  for (const Json& connection : of.at("connections").as_array())
    connections.push_back(connection_row(connection.as_object()));
  std::vector<Row> agents = {
      {"AGENT", "SINK", "STATE", "HANDLED", "WAITING", "PARKED", "DROPPED", "FAILURES", "LAST FAILURE"}};
  for (const Json& agent : of.at("agents").as_array()) agents.push_back(agent_row(agent.as_object()));
  const JsonObject& signals = of.at("signals").as_object();
  return table(connections, color) + '\n' + table(agents, color) + "\nSignals: " + words(signals, "published") +
         " published, " + words(signals, "dropped") + " dropped, " + words(signals, "dead_letters") +
         " that no agent got. Process " + words(of, "pid") + ", since " + time(of, "since") + ".\n";
}

}  // namespace suzaku::program
