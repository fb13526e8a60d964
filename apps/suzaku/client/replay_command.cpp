// `suzaku replay`: what --record wrote, shown again or pushed again.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

#include <boost/asio/steady_timer.hpp>

#include "cli/exit_codes.hpp"
#include "cli/json_lines.hpp"
#include "client_commands.hpp"
#include "client_options.hpp"
#include "protocol/client_decoder.hpp"
#include "protocol/decoder.hpp"
#include "recording.hpp"
#include "replies.hpp"
#include "session.hpp"

namespace suzaku::program {
namespace {

namespace event = protocol::event;

struct ReplayOptions {
  ClientOptions client;
  std::string file;
  std::optional<std::string> url;
  std::string speed = "1";  // a number, or "max"
};

/// One message of a recording, from either side.
struct RecordedMessage {
  std::string topic, event;
  Payload payload;
};

/// Reads frames of both serializers: those of 1 are objects, those of 2 arrays or binary.
class FrameReader {
 public:
  Result<RecordedMessage> read(const RecordedFrame& frame) {
    const auto type = frame.is_binary ? protocol::FrameType::binary : protocol::FrameType::text;
    const auto version =
        frame.bytes.starts_with('{') && !frame.is_binary ? protocol::Version::v1 : protocol::Version::v2;
    padded_ = frame.bytes + std::string(64, '\0');
    const auto bytes = std::string_view(padded_).substr(0, frame.bytes.size());
    if (frame.is_sent) {
      const auto message = client_frames_.decode(version, type, bytes);
      if (!message) return tl::unexpected(message.error());
      return RecordedMessage{std::string(message->topic.text), std::string(message->event.text), message->payload};
    }
    const auto message = server_frames_.decode(version, type, bytes);
    if (!message) return tl::unexpected(message.error());
    if (!message->payload_error.empty()) return failure(message->payload_error);
    return RecordedMessage{std::string(message->topic), std::string(message->event), message->payload};
  }

 private:
  protocol::Decoder client_frames_;
  protocol::ClientDecoder server_frames_;
  std::string padded_;
};

/// One run of `suzaku replay`.
class Replaying {
 public:
  explicit Replaying(const ReplayOptions& options)
      : options_(options),
        run_(options.client.quiet),
        recording_(options.file),
        replies_(run_, {.named = true}),
        timer_(run_.loop().io()),
        speed_(options.speed == "max" ? 0 : std::stod(options.speed)) {}

  int go() {
    replies_.on_progress([this] { perform(); });
    if (!options_.url) {
      next();
      return run_.go();
    }
    const auto params = options_.client.join_params();
    if (!params) return report(params.error());
    join_params_ = *params;
    auto session = Session::open(run_, options_.client, *options_.url);
    if (!session) return report(session.error());
    session_ = std::move(*session);
    session_->socket().on_open([this](const client::Socket::Opened& opened) {
      if (!opened.is_reconnect) next();
    });
    return session_->go();
  }

 private:
  /// Takes the next frame of the side that is replayed, and waits for its time.
  void next() {
    frame_.reset();
    while (!frame_) {
      auto frame = recording_.next();
      if (!frame) bad_line_ = frame.error();
      if (!frame || !*frame) return end();
      if ((*frame)->is_sent == options_.url.has_value()) frame_ = **frame;
    }
    if (speed_ > 0) {
      if (!first_) first_ = {frame_->time, std::chrono::steady_clock::now()};
      const double wait = std::clamp((frame_->time - first_->time) / speed_, 0.0, 1e8);
      timer_.expires_at(first_->at + std::chrono::microseconds(static_cast<std::int64_t>(wait * 1e6)));
    } else {
      timer_.expires_after(std::chrono::seconds(0));
    }
    timer_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) is_due_ = true;
      if (!cancelled) perform();
    });
  }

  /// Does what the frame says, once it is time and there is room.
  void perform() {
    if (has_ended_) return end();
    if (!is_due_ || run_.is_ending()) return;
    const auto message = frames_.read(*frame_);
    if (!message) {
      run_.note("a frame is left out: " + message.error().message);
    } else if (!frame_->is_sent) {
      show(*message);
    } else if (!push(*message)) {
      return;  // replies have to come first
    }
    is_due_ = false;
    if (!run_.is_ending()) next();
  }

  void show(const RecordedMessage& message) {
    if (message.event.starts_with("phx_")) return;
    ++replayed_;
    run_.print(message_line(message.topic, message.event, message.payload));
  }

  bool push(const RecordedMessage& message) {
    if (message.topic == protocol::kPhoenixTopic) return true;  // a heartbeat
    warn_of_secrets();
    if (message.event == event::kJoin) {
      joining_.insert(message.topic);
      session_->join(message.topic, with_join_params(message.payload), [this, topic = message.topic](const auto&) {
        joining_.erase(topic);
        perform();
      });
      return true;
    }
    if (message.event == event::kLeave) {
      if (!replies_.is_empty() || joining_.contains(message.topic)) return false;
      session_->leave(message.topic);
      return true;
    }
    if (!replies_.has_room()) return false;
    ++replayed_;
    replies_.add(message.event, session_->socket().channel(message.topic).push(message.event, message.payload));
    return true;
  }

  Payload with_join_params(const Payload& recorded) const {
    if (!recorded.is_object()) return join_params_;
    JsonObject members = recorded.json().as_object();
    for (const auto& [name, value] : join_params_.json().as_object()) members[name] = value;
    return Json(std::move(members));
  }

  void warn_of_secrets() {
    if (has_warned_ || frame_->bytes.find("\"[redacted]\"") == std::string::npos) return;
    has_warned_ = true;
    run_.note(
        "secrets are not in the recording, and \"[redacted]\" is sent in their place; --join-param replaces those "
        "of joins");
  }

  void end() {
    has_ended_ = true;
    if (!replies_.is_empty() || !joining_.empty()) return;
    if (bad_line_) return run_.fail(*bad_line_);
    if (const auto failure = replies_.failure()) return run_.fail(*failure);
    if (replayed_ == 0 && !run_.is_ending())
      run_.note(options_.url ? "the recording has no pushes" : "the recording has no messages but replies");
    run_.finish();
  }

  struct First {
    double time;
    std::chrono::steady_clock::time_point at;
  };

  const ReplayOptions& options_;
  Run run_;
  RecordReader recording_;
  Replies replies_;
  boost::asio::steady_timer timer_;
  const double speed_;  // 0: as fast as it goes
  FrameReader frames_;
  Payload join_params_;
  std::unique_ptr<Session> session_;
  std::set<std::string> joining_;
  std::optional<RecordedFrame> frame_;
  std::optional<First> first_;
  std::size_t replayed_ = 0;         // messages shown, or pushes
  std::optional<Failure> bad_line_;  // what stands before it is replayed to the end
  bool is_due_ = false;
  bool has_ended_ = false;
  bool has_warned_ = false;
};

CLI::Validator is_speed() {
  const auto check = [](const std::string& text) -> std::string {
    double speed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), speed);
    const bool is_good = error == std::errc{} && end == text.data() + text.size() && speed >= 0.001 && speed <= 1e6;
    return is_good || text == "max" ? ""
                                    : "found \"" + text + "\", expected max, or a number such as 2 (twice as fast)";
  };
  return CLI::Validator(check, "");
}

}  // namespace

Command replay_command(CLI::App& program) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* app = program.add_subcommand("replay", "Show a recording (--record) again, or push it again");
  app->add_option("FILE", options->file, "what --record wrote")->type_name("")->required();
  app->add_option("URL", options->url, "push there what was sent; without it, what was received is printed")
      ->type_name("");
  app->add_option("--speed", options->speed, "so many times as fast, or max [1]")->type_name("X")->check(is_speed());
  options->client.add_to(*app, true);
  app->footer(
      client_footer("  suzaku replay monday.ndjson --speed max | jq .event\n"
                    "  suzaku replay monday.ndjson ws://localhost:4000/socket --speed 10\n"));
  return {app, [options] { return Replaying(*options).go(); }};
}

}  // namespace suzaku::program
