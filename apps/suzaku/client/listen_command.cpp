// `suzaku listen`: what is said in channels, a line of JSON for each message.
#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <set>

#include <boost/asio/steady_timer.hpp>
#include <boost/json/array.hpp>

#include <suzaku/client/presence.hpp>

#include "cli/exit_codes.hpp"
#include "cli/json_lines.hpp"
#include "client_commands.hpp"
#include "client_options.hpp"
#include "session.hpp"

namespace suzaku::program {
namespace {

struct ListenOptions {
  ClientOptions client;
  std::string url;
  std::vector<std::string> topics;
  std::vector<std::string> events;
  bool presence = false;
  std::size_t count = 0;                  // 0: no limit
  std::chrono::milliseconds duration{0};  // 0: no limit
};

/// How many connections a key of the list has: its metas.
std::size_t connections_of(const client::Presence& presences, std::string_view key) {
  const auto presence = presences.find(key);
  return presence ? presence->at("metas").as_array().size() : 0;
}

/// Whether all connections that joined are in the list already. Phoenix tells of a client's own join in both a
/// presence_diff and the presence_state.
bool holds(const Json& before, const Json& joined) {
  const auto& known = before.at("metas").as_array();
  return std::ranges::all_of(joined.at("metas").as_array(), [&](const Json& meta) {
    const Json* const ref = meta.as_object().if_contains("phx_ref");
    return ref && std::ranges::any_of(known, [&](const Json& other) {
             const Json* const known_ref = other.as_object().if_contains("phx_ref");
             return known_ref && *known_ref == *ref;
           });
  });
}

/// One run of `suzaku listen`.
class Listening {
 public:
  explicit Listening(const ListenOptions& options) : options_(options), run_(options.client.quiet) {}

  int go() {
    const auto params = options_.client.join_params();
    if (!params) return report(params.error());
    auto session = Session::open(run_, options_.client, options_.url);
    if (!session) return report(session.error());
    for (const std::string& topic : std::set(options_.topics.begin(), options_.topics.end()))
      listen(**session, topic, *params);
    boost::asio::steady_timer timer(run_.loop().io());
    if (options_.duration.count() > 0) {
      timer.expires_after(options_.duration);
      timer.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) run_.finish();
      });
    }
    return (*session)->go();
  }

 private:
  void listen(Session& session, const std::string& topic, const Payload& params) {
    auto channel = session.join(topic, params, [this, topic](const client::Joined&) { run_.note("joined " + topic); });
    channel.on("*", [this](const client::Message& message) {
      if (is_wanted(message.event)) print(message_line(message.topic, message.event, message.payload));
    });
    if (options_.presence) watch_presence(topic, channel);
  }

  void watch_presence(const std::string& topic, const client::Channel& channel) {
    client::Presence& presence = presences_.emplace_back(channel);
    const auto tell = [this, topic, &presence](const char* what, std::string_view key, const Json& entry) {
      print(JsonLine()
                .text("presence", what)
                .text("topic", topic)
                .text("key", key)
                .payload("entry", entry)
                .number("connections", connections_of(presence, key))
                .str());
    };
    presence.on_join([tell](std::string_view key, const Json* before, const Json& joined) {
      if (!before || !holds(*before, joined)) tell("join", key, joined);
    });
    presence.on_leave([tell](std::string_view key, const Json&, const Json& left) { tell("leave", key, left); });
  }

  bool is_wanted(std::string_view event) const {
    if (options_.presence && (event == "presence_state" || event == "presence_diff")) return false;
    return options_.events.empty() || std::ranges::find(options_.events, event) != options_.events.end();
  }

  void print(const std::string& line) {
    if (run_.is_ending()) return;
    run_.print(line);
    if (++printed_ == options_.count) run_.finish();
  }

  const ListenOptions& options_;
  Run run_;
  std::deque<client::Presence> presences_;  // their callbacks refer to them
  std::size_t printed_ = 0;
};

}  // namespace

Command listen_command(CLI::App& program) {
  auto options = std::make_shared<ListenOptions>();
  CLI::App* app = program.add_subcommand("listen", "Print what is said in channels, a line of JSON for each message");
  add_url(*app, options->url);
  app->add_option("TOPIC", options->topics, "channels to join, such as room:lobby")->required()->check(is_text());
  app->add_option("--event", options->events, "only these events, repeatedly")
      ->type_name("EVENT")
      ->allow_extra_args(false);
  app->add_flag("--presence", options->presence, "say who comes and goes, instead of the messages behind it");
  app->add_option("--count", options->count, "end after so many lines")->type_name("N")->check(count_from_one());
  add_time(*app, "--for", options->duration, "end after so long");
  options->client.add_to(*app, true);
  app->footer(
      client_footer("  suzaku listen ws://localhost:4000/socket room:lobby\n"
                    "  suzaku listen wss://example.com/socket room:1 room:2 --event shout --retry | jq .payload\n"));
  return {app, [options] { return Listening(*options).go(); }};
}

}  // namespace suzaku::program
