// `suzaku join`: a conversation with one channel.
#include <memory>

#include <unistd.h>

#include "cli/exit_codes.hpp"
#include "cli/json_input.hpp"
#include "cli/json_lines.hpp"
#include "cli/line_input.hpp"
#include "client_commands.hpp"
#include "client_options.hpp"
#include "replies.hpp"
#include "session.hpp"

namespace suzaku::program {
namespace {

struct JoinOptions {
  ClientOptions client;
  std::string url, topic;
};

constexpr const char* kPrompt = "> ";
constexpr const char* kColoredPrompt = "\x1b[1;36m> \x1b[0m";

struct Input {
  std::string event;
  Payload payload;
};

constexpr const char* kExpected =
    R"(expected EVENT JSON, such as: shout {"text":"hi"}, or {"event":..., "payload":...})";

/// EVENT, or EVENT JSON, or {"event": EVENT, "payload": JSON}.
Result<Input> parse(std::string_view line) {
  line.remove_prefix(line.find_first_not_of(" \t"));
  line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  if (line.starts_with('{')) {
    const auto object = parse_object(line);
    if (!object) return failure(object.error().message);
    const JsonObject& members = object->json().as_object();
    const Json* event = members.if_contains("event");
    const Json* payload = members.if_contains("payload");
    if (!event || !event->is_string() || (payload && !payload->is_object())) return failure(kExpected);
    const std::string raw(raw_member(line, "payload"));  // "" when its name is written in another way
    if (payload && raw.empty()) return failure(kExpected);
    return Input{std::string(event->get_string()), payload ? Payload::from_text(raw) : Payload()};
  }
  const std::size_t space = line.find_first_of(" \t");
  const std::string event(line.substr(0, space));
  if (const std::string wrong = is_text()(event); !wrong.empty()) return failure(wrong);
  if (space == line.npos) return Input{event, {}};
  const auto payload = parse_object(line.substr(line.find_first_not_of(" \t", space)));
  if (!payload) return failure("the JSON after " + event + ": " + payload.error().message);
  return Input{event, *payload};
}

/// The channel of a conversation with --retry comes back, and the lines tell how each push ended.
Replies::Failures failures_that_count(bool retry) {
  return retry ? Replies::Failures::none : Replies::Failures::unanswered;
}

/// One run of `suzaku join`.
class Conversation {
 public:
  explicit Conversation(const JoinOptions& options)
      : options_(options),
        run_(options.client.quiet),
        input_(run_.loop().io()),
        replies_(run_, {.named = true, .failures = failures_that_count(options.client.retry)}),
        has_prompt_(is_terminal(STDIN_FILENO) && is_terminal(STDOUT_FILENO)) {}

  int go() {
    const auto params = options_.client.join_params();
    if (!params) return report(params.error());
    auto session = Session::open(run_, options_.client, options_.url);
    if (!session) return report(session.error());
    if (has_prompt_) run_.set_prompt(may_color(STDOUT_FILENO, options_.client.no_color) ? kColoredPrompt : kPrompt);
    channel_ = (*session)->join(options_.topic, *params, [this](const client::Joined& joined) { on_joined(joined); });
    channel_->on("*", [this](const client::Message& message) {
      if (!run_.is_ending()) run_.print(message_line(message.topic, message.event, message.payload));
    });
    replies_.on_progress([this] { go_on(); });
    const int code = (*session)->go();
    return code == kDone && had_bad_input_ && !has_prompt_ ? kBadUsage : code;
  }

 private:
  /// Names the line in messages; not needed on a terminal.
  std::string place() const {
    return has_prompt_ ? "" : "line " + std::to_string(input_.line_number()) + " of the input: ";
  }

  void on_joined(const client::Joined& joined) {
    run_.print(JsonLine().text("joined", options_.topic).payload("response", joined.response).str());
    has_joined_ = true;
    go_on();
  }

  void go_on() {
    if (!has_joined_ || input_.is_waiting() || run_.is_ending()) return;
    if (!has_input_ended_) {
      if (replies_.has_room()) input_.next([this](auto line) { on_line(std::move(line)); });
    } else if (replies_.is_empty()) {
      end();
    }
  }

  void end() {
    if (const auto failure = replies_.failure()) return run_.fail(*failure);
    run_.finish();
  }

  void on_line(Result<std::optional<std::string>> line) {
    has_input_ended_ = !line || !*line;
    const auto input = line && *line ? parse(**line) : Result<Input>();
    if (!line || !input) {
      had_bad_input_ = true;
      print_note(place() + (line ? input.error() : line.error()).message);
      run_.prompt();
    } else if (*line) {
      replies_.add(input->event, channel_->push(input->event, input->payload));
      run_.prompt();
    }
    go_on();
  }

  const JoinOptions& options_;
  Run run_;
  LineInput input_;
  Replies replies_;
  const bool has_prompt_;
  std::optional<client::Channel> channel_;
  bool has_joined_ = false;
  bool has_input_ended_ = false;
  bool had_bad_input_ = false;
};

}  // namespace

Command join_command(CLI::App& program) {
  auto options = std::make_shared<JoinOptions>();
  CLI::App* app = program.add_subcommand("join", "Talk with a channel: what you type is pushed, what it says is shown");
  add_url(*app, options->url);
  app->add_option("TOPIC", options->topic, "the channel, such as room:lobby")
      ->type_name("")
      ->required()
      ->check(is_text());
  options->client.add_to(*app, true);
  app->footer(
      client_footer("  suzaku join ws://localhost:4000/socket room:lobby\n"
                    "      then type: shout {\"name\":\"Ada\",\"text\":\"hi\"}    Ctrl-D leaves\n"
                    "  echo '{\"event\":\"shout\",\"payload\":{\"name\":\"Ada\",\"text\":\"hi\"}}' | "
                    "suzaku join ws://localhost:4000/socket room:lobby\n"));
  return {app, [options] { return Conversation(*options).go(); }};
}

}  // namespace suzaku::program
