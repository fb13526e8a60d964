// `suzaku push`: pushes an event to a channel, or one for each line of standard input.
#include <memory>
#include <optional>

#include "cli/exit_codes.hpp"
#include "cli/files.hpp"
#include "cli/json_input.hpp"
#include "cli/line_input.hpp"
#include "client_commands.hpp"
#include "client_failure.hpp"
#include "client_options.hpp"
#include "replies.hpp"
#include "session.hpp"

namespace suzaku::program {
namespace {

constexpr std::size_t kLargestBinary = 64 << 20;  // bytes
/// Without --wait: pushes that are sent before a heartbeat asks whether the server has received them.
constexpr std::size_t kMostUnflushed = 256;

struct PushOptions {
  ClientOptions client;
  std::string url, topic, event;
  std::optional<std::string> payload;
  std::optional<std::string> binary;
  bool wait = false;
};

OrFailure<Payload> payload_of(const PushOptions& options) {
  if (options.binary && options.payload)
    return failed(kBadUsage, "PAYLOAD and --binary are both there; give one of them");
  if (!options.binary) {
    const auto payload = parse_object(options.payload.value_or("{}"));
    return payload ? OrFailure<Payload>(*payload) : failed(kBadUsage, "PAYLOAD: " + payload.error().message);
  }
  if (options.client.vsn == 1) return failed(kBadUsage, "--binary: serializer 1 has no bytes; leave --vsn 1 out");
  auto bytes = read_file(*options.binary, kLargestBinary);
  return bytes ? OrFailure<Payload>(Payload::binary(*std::move(bytes)))
               : failed(kFailed, "cannot read the payload: " + bytes.error().message);
}

/// One run of `suzaku push`. Without --wait replies are ignored, but the run ends with 0 only when the server has
/// received every push: it has replied to it, or to a heartbeat that was sent later.
class Pushing {
 public:
  explicit Pushing(const PushOptions& options)
      : options_(options),
        run_(options.client.quiet),
        input_(run_.loop().io()),
        replies_(run_, {}),
        reads_input_(options.payload == "-" && !options.binary) {}

  int go() {
    if (!reads_input_) {
      const auto payload = payload_of(options_);
      if (!payload) return report(payload.error());
      single_ = *payload;
    }
    const auto params = options_.client.join_params();
    if (!params) return report(params.error());
    auto session = Session::open(run_, options_.client, options_.url);
    if (!session) return report(session.error());
    session_ = std::move(*session);
    replies_.on_progress([this] { go_on(); });
    run_.loop().on_signal([this] { run_.fail({kFailed, "interrupted before everything was pushed and answered"}); });
    channel_ = session_->join(options_.topic, *params, [this](const client::Joined&) { on_joined(); });
    return session_->go();
  }

 private:
  void on_joined() {
    lost_ += std::exchange(silent_, 0);  // the channel of the previous join has ended
    if (std::exchange(is_flushing_, false)) return flush();
    if (std::exchange(has_begun_, true)) return;
    if (single_) {
      push(*single_);
      has_input_ended_ = true;
    }
    go_on();
  }

  /// Reads the next line, unless too much is under way; ends when there is none and all is done.
  void go_on() {
    if (is_flushing_ || run_.is_ending() || input_.is_waiting()) return;
    if (unflushed_ >= kMostUnflushed || (has_input_ended_ && unflushed_ > 0)) return flush();
    if (!has_input_ended_) {
      if (replies_.has_room()) input_.next([this](auto line) { on_line(std::move(line)); });
    } else if (replies_.is_empty()) {
      end();
    }
  }

  void on_line(Result<std::optional<std::string>> line) {
    const auto payload = line && *line ? parse_object(**line) : Result<Payload>();
    if (!line || (*line && !payload)) {
      bad_input_ = Failure{kBadUsage, "line " + std::to_string(input_.line_number()) +
                                          " of the input: " + (line ? payload.error() : line.error()).message};
    }
    has_input_ended_ = bad_input_ || !*line;
    if (!has_input_ended_) push(*payload);
    go_on();
  }

  void push(const Payload& payload) {
    client::Push push = channel_->push(options_.event, payload);
    if (options_.wait) return replies_.add(options_.event, push);
    ++unflushed_;
    push.then([this, flushes = flushes_](const client::Reply& reply) {
      const bool is_answered = reply.ok() || reply.outcome == client::Outcome::error;
      if (!reply.ok() && !reply.was_sent) return run_.fail(failure_of(options_.event, reply));
      if (is_answered || flushes != flushes_) return;  // the server has got it
      ++(reply.outcome == client::Outcome::timeout ? silent_ : lost_);
    });
  }

  /// The server answers what it gets in turn: when it answers a heartbeat it has got all that was sent before.
  void flush() {
    is_flushing_ = true;
    session_->socket().ping().then([this, flushes = flushes_](const client::Reply& reply) {
      if (run_.is_ending() || flushes != flushes_) return;  // another one was answered
      if (reply.outcome == client::Outcome::timeout) return on_silence();
      const bool is_joined = channel_->state() == client::Channel::State::joined;
      if (!reply.ok() || !is_joined) return;  // either the run ends, or on_joined() comes
      if (channel_->buffered() > 0) return flush();
      is_flushing_ = false;
      unflushed_ = silent_ = 0;
      ++flushes_;
      go_on();
    });
  }

  /// The connection may live all the same.
  void on_silence() {
    if (!options_.client.retry) return run_.fail(not_flushed());
    run_.note("the server did not answer a heartbeat in time; asking again");
    flush();
  }

  void end() {
    if (bad_input_) return run_.fail(*bad_input_);
    if (const auto failure = replies_.failure()) return run_.fail(*failure);
    if (lost_ > 0) return run_.fail(outcome_unknown());
    run_.finish();
  }

  Failure not_flushed() const {
    return {kTimedOut, "it is not known whether the server has got every push of " + options_.event +
                           ": it did not answer a heartbeat in time; --timeout TIME waits longer, --retry asks again"};
  }

  Failure outcome_unknown() const {
    return {kConnectionLost,
            "the connection was lost after " + std::to_string(lost_) + (lost_ == 1 ? " push of " : " pushes of ") +
                options_.event +
                " had been sent: it is not known whether the server has got that; --wait tells how each push ended"};
  }

  const PushOptions& options_;
  Run run_;
  LineInput input_;
  Replies replies_;
  const bool reads_input_;
  std::optional<Payload> single_;
  std::unique_ptr<Session> session_;
  std::optional<client::Channel> channel_;
  std::size_t unflushed_ = 0;
  std::size_t flushes_ = 0;
  std::size_t silent_ = 0;  // of the unflushed ones: those that were not answered in time
  std::size_t lost_ = 0;    // those that the server may have received or not
  bool has_begun_ = false;
  bool has_input_ended_ = false;
  bool is_flushing_ = false;
  std::optional<Failure> bad_input_;
};

}  // namespace

Command push_command(CLI::App& program) {
  auto options = std::make_shared<PushOptions>();
  CLI::App* app = program.add_subcommand("push", "Push an event to a channel, or one for each line of input");
  add_url(*app, options->url);
  app->add_option("TOPIC", options->topic, "the channel, such as room:lobby")
      ->type_name("")
      ->required()
      ->check(is_text());
  app->add_option("EVENT", options->event, "what to push, such as shout")->type_name("")->required()->check(is_text());
  app->add_option("PAYLOAD", options->payload, "a JSON object [{}]; - for one in each line of standard input")
      ->type_name("");
  app->add_option("--binary", options->binary, "push the bytes of this file instead")->type_name("FILE");
  app->add_flag("--wait", options->wait, "wait for the replies and print them, a line of JSON each");
  options->client.add_to(*app, true);
  app->footer(
      client_footer("  suzaku push ws://localhost:4000/socket room:lobby shout '{\"name\":\"Ada\",\"text\":\"hi\"}'\n"
                    "  jq -c '.[]' users.json | suzaku push wss://example.com/socket import:users add - --wait\n"));
  return {app, [options] { return Pushing(*options).go(); }};
}

}  // namespace suzaku::program
