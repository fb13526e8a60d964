#include "ctl_command.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>
#include <unistd.h>

#include "base/printable.hpp"
#include "bridge_status.hpp"
#include "cli/command_line.hpp"
#include "cli/exit_codes.hpp"
#include "cli/failure.hpp"
#include "cli/json_input.hpp"
#include "cli/output.hpp"
#include "config/bridge_config.hpp"
#include "ctl_answer.hpp"
#include "daemon/control_client.hpp"

namespace suzaku::program {
namespace {

/// A request and its arguments. With a `json`, a last argument of JSON may follow.
struct Request {
  std::string_view name;
  std::vector<std::string_view> arguments;  // the members of the request
  std::string_view json = {};
};

const std::array<Request, 8>& requests() {
  static const std::array<Request, 8> kRequests = {{{"status", {}},
                                                    {"start", {"connection"}},
                                                    {"stop", {"connection"}},
                                                    {"join", {"connection", "topic"}, "params"},
                                                    {"leave", {"connection", "topic"}},
                                                    {"push", {"connection", "topic", "event"}, "payload"},
                                                    {"webhook", {"action", "agent"}},
                                                    {"reload", {}}}};
  return kRequests;
}

/// "CONNECTION"; for an argument that is one of a few words, these.
std::string placeholder(std::string_view argument) {
  if (argument == "action") return "retry|drop";
  std::string text;
  std::ranges::transform(argument, std::back_inserter(text), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return text;
}

std::string usage(const Request& request) {
  std::string text = "suzaku bridge ctl " + std::string(request.name);
  for (const auto argument : request.arguments) text += ' ' + placeholder(argument);
  return request.json.empty() ? text : text + " [JSON]";
}

OrFailure<JsonObject> message_of(const std::vector<std::string>& words) {
  const auto& all = requests();
  const auto request = std::ranges::find(all, words.front(), &Request::name);
  if (request == all.end())
    return failed(kBadUsage,
                  "found \"" + words.front() +
                      "\", expected status, start, stop, join, leave, push, webhook or reload; see suzaku bridge ctl "
                      "--help");
  const std::size_t given = words.size() - 1;
  const std::size_t needed = request->arguments.size();
  if (given < needed || given > needed + (request->json.empty() ? 0 : 1))
    return failed(kBadUsage, "expected " + usage(*request));
  JsonObject message{{"command", words.front()}};
  for (std::size_t i = 0; i < needed; ++i) message[std::string(request->arguments[i])] = words[i + 1];
  if (given > needed) {
    const auto json = parse_object(words.back());
    if (!json) return failed(kBadUsage, "JSON: " + json.error().message);
    message[std::string(request->json)] = json->json();
  }
  return message;
}

/// The exit code for a result that check_ctl_answer() has accepted.
int exit_code(std::string_view command, const JsonObject& result) {
  if (command == "reload") return result.at("failed").as_array().empty() ? kDone : kFailed;
  const Json* const status = command == "status" ? nullptr : result.if_contains("status");
  if (!status || *status == "ok") return kDone;
  return command == "join" ? kJoinRefused : kPushRefused;
}

struct Options {
  std::vector<std::string> words;
  std::string socket;
  std::chrono::milliseconds timeout = daemon::kControlTimeout;
  bool json = false;
};

/// A line for each mistake of a configuration.
int report_lines(const std::string& message) {
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) print_note(line);
  return kFailed;
}

/// What a person who does not read the JSON must know of a reload.
void tell_failures(const JsonObject& reload) {
  for (const Json& failed : reload.at("failed").as_array())
    print_note("could not start " + (failed.is_string() ? std::string(failed.get_string()) : serialize(failed)));
  const Json* const later = reload.if_contains("after_restart");
  if (!later || !later->is_array()) return;
  for (const Json& key : later->get_array())
    if (key.is_string()) print_note("the new value of " + std::string(key.get_string()) + " counts after a restart");
}

int run(const Options& options) {
  const auto message = message_of(options.words);
  if (!message) return report(message.error());
  const auto result = daemon::ask(options.socket, *message, options.timeout);
  if (!result) return report_lines(result.error().message);
  const std::string& command = options.words.front();
  if (const auto checked = check_ctl_answer(command, *result); !checked)
    return report({kFailed, "the bridge at " + options.socket + " gave an answer that is not understood: " +
                                checked.error().message + "; is it another version of suzaku?"});
  const bool for_people = command == "status" && !options.json;
  const std::string text = for_people ? bridge_status(*result, may_color(STDOUT_FILENO, false))
                                      : printable_json(boost::json::serialize(*result)) + '\n';
  std::fputs(text.c_str(), stdout);
  if (command == "reload") tell_failures(result->as_object());
  return after_printing(exit_code(command, result->as_object()));
}

/// The default of a bridge with this environment; where there is no file, that of a service, which has another one.
std::string socket_to_ask(const config::Environment& environment) {
  const std::string ours = config::default_control(environment);
  const std::string service = config::default_control([](const std::string&) { return std::nullopt; });
  return ::access(ours.c_str(), F_OK) != 0 && ::access(service.c_str(), F_OK) == 0 ? service : ours;
}

}  // namespace

std::function<int()> add_ctl(CLI::App& bridge) {
  auto options = std::make_shared<Options>();
  options->socket = socket_to_ask(config::process_environment());
  CLI::App* app = bridge.add_subcommand("ctl", "Ask a bridge that runs, or tell it what to do");
  app->add_option("REQUEST", options->words, "what to do, as below")->type_name("")->required();
  app->add_option("--socket", options->socket, "its `control` [" + options->socket + "]")->type_name("PATH");
  add_time(*app, "--timeout", options->timeout, "to wait for the answer");
  app->add_flag("--json", options->json, "status as JSON, for programs");
  std::string footer = "Requests:\n";
  for (const Request& request : requests()) footer += "  " + usage(request) + "\n";
  app->footer(
      footer +
      "\nExamples:\n"
      "  suzaku bridge ctl status\n"
      "  suzaku bridge ctl push shop room:lobby shout '{\"name\": \"Ada\", \"text\": \"hi\"}'   # "
      "{\"status\":\"ok\",...}\n"
      "  suzaku bridge ctl stop shop; suzaku bridge ctl start shop\n"
      "  suzaku bridge ctl webhook retry hook    # sends what was parked, and resumes a webhook that has paused\n"
      "  suzaku bridge ctl webhook drop hook     # drops what was parked\n"
      "\nWithout --socket it asks $XDG_RUNTIME_DIR/suzaku-bridge.sock; where that is not there, "
      "/run/suzaku/bridge.sock,\n"
      "which a service has. A bridge with another `control` needs --socket.\n\n"
      "A join that the app has refused is tried again until `leave`.\n\n"
      "Exit codes:\n"
      "   0  done\n"
      "   1  anything else, such as no bridge that answers, or a reload with mistakes\n"
      "   2  bad usage\n"
      "   7  the Phoenix app refused a join\n"
      "  10  a push was answered with something other than ok");
  return [options] { return run(*options); };
}

}  // namespace suzaku::program
