// `suzaku ping`: how long the server takes to answer a heartbeat.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "cli/exit_codes.hpp"
#include "cli/json_lines.hpp"
#include "client_commands.hpp"
#include "client_options.hpp"
#include "session.hpp"

namespace suzaku::program {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// The connection ends after this time without an answer, unless --timeout is longer. Until then, heartbeats may be
/// lost one by one.
constexpr milliseconds kLongestSilence{60'000};

struct PingOptions {
  ClientOptions client;
  std::string url;
  std::size_t count = 0;  // 0: no limit
  milliseconds interval{1'000};
  bool json = false;
};

/// The heartbeats of a run that have ended: answered, or lost.
class Statistics {
 public:
  explicit Statistics(bool json) : json_(json) {}

  void add_answer(nanoseconds time) {
    ++answered_;
    sum_ += time;
    least_ = answered_ == 1 ? time : std::min(least_, time);
    most_ = std::max(most_, time);
  }
  void add_loss() { ++lost_; }
  std::size_t sent() const noexcept { return answered_ + lost_; }
  std::size_t lost() const noexcept { return lost_; }

  std::string summary() const {
    const auto average = answered_ == 0 ? nanoseconds(0) : sum_ / static_cast<nanoseconds::rep>(answered_);
    if (json_) {
      const auto known = [this](nanoseconds time) { return answered_ > 0 ? std::optional(time) : std::nullopt; };
      return JsonLine()
          .number("sent", sent())
          .number("answered", answered_)
          .number("lost", lost_)
          .milliseconds("min_ms", known(least_))
          .milliseconds("avg_ms", known(average))
          .milliseconds("max_ms", known(most_))
          .str();
    }
    std::string text = std::to_string(sent()) + " sent, " + std::to_string(answered_) + " answered, " +
                       std::to_string(lost_) + " lost";
    if (answered_ == 0) return text;
    return text + ", min/avg/max " + print_milliseconds(least_) + "/" + print_milliseconds(average) + "/" +
           print_milliseconds(most_) + " ms";
  }

 private:
  const bool json_;
  std::size_t answered_ = 0;
  std::size_t lost_ = 0;
  nanoseconds sum_{0}, least_{0}, most_{0};
};

/// One run of `suzaku ping`. One heartbeat at a time waits for its answer; one that waits at the end is not counted.
class Pinging {
 public:
  explicit Pinging(const PingOptions& options)
      : options_(options),
        run_(options.client.quiet),
        next_(run_.loop().io()),
        deadline_(run_.loop().io()),
        statistics_(options.json) {}

  int go() {
    auto session = Session::open(run_, options_.client, options_.url);
    if (!session) return report(session.error());
    session_ = std::move(*session);
    session_->socket().on_open([this](const client::Socket::Opened&) { ping(); });
    const int code = session_->go();
    // The news that the connection is lost can overtake that of the heartbeat.
    if (code == kConnectionLost && is_waiting_) lose(kConnectionEnded);
    if (statistics_.sent() > 0) run_.print(statistics_.summary());
    return code == kDone && statistics_.lost() > 0 ? report(loss()) : code;
  }

 private:
  static constexpr const char* kNotInTime = " in time";
  static constexpr const char* kConnectionEnded = ": the connection was lost";

  void ping() {
    if (run_.is_ending()) return;
    ++number_;
    is_waiting_ = true;
    next_.expires_after(options_.interval);
    deadline_.expires_after(options_.client.timeout);
    deadline_.async_wait([this, number = number_](boost::system::error_code cancelled) {
      if (!cancelled && waits_for(number)) go_on_after_loss(kNotInTime);
    });
    session_->socket().ping().then([this, number = number_](const client::Reply& reply) { on_reply(number, reply); });
  }

  bool waits_for(std::size_t number) const { return !run_.is_ending() && is_waiting_ && number == number_; }

  void on_reply(std::size_t number, const client::Reply& reply) {
    if (!waits_for(number)) return;  // it has been counted as lost
    if (!reply.ok()) return go_on_after_loss(reply.outcome == client::Outcome::timeout ? kNotInTime : kConnectionEnded);
    is_waiting_ = false;
    statistics_.add_answer(reply.round_trip);
    run_.print(options_.json
                   ? json_line(reply.round_trip)
                   : "answer " + std::to_string(number_) + " after " + print_milliseconds(reply.round_trip) + " ms");
    go_on();
  }

  void go_on_after_loss(const char* why) {
    lose(why);
    // Without a connection and without --retry the session ends the run, and says why.
    if (options_.client.retry || session_->socket().is_connected()) go_on();
  }

  void lose(const char* why) {
    is_waiting_ = false;
    statistics_.add_loss();
    run_.print(options_.json ? json_line(std::nullopt) : "no answer " + std::to_string(number_) + why);
  }

  void go_on() {
    deadline_.cancel();
    if (statistics_.sent() == options_.count) return run_.finish();
    next_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled && session_->socket().is_connected()) ping();  // otherwise on_open() comes
    });
  }

  std::string json_line(std::optional<nanoseconds> time) const {
    return JsonLine().number("seq", number_).milliseconds("ms", time).str();
  }

  Failure loss() const {
    return {kTimedOut, std::to_string(statistics_.lost()) + " of " + std::to_string(statistics_.sent()) +
                           (statistics_.sent() == 1 ? " heartbeat" : " heartbeats") +
                           " had no answer; --timeout TIME waits longer"};
  }

  const PingOptions& options_;
  Run run_;
  boost::asio::steady_timer next_;      // when the next one may be sent
  boost::asio::steady_timer deadline_;  // of the one that waits
  std::unique_ptr<Session> session_;
  std::size_t number_ = 0;  // of the last that was sent
  bool is_waiting_ = false;
  Statistics statistics_;
};

}  // namespace

Command ping_command(CLI::App& program) {
  auto options = std::make_shared<PingOptions>();
  CLI::App* app = program.add_subcommand("ping", "Measure how long the server takes to answer");
  add_url(*app, options->url);
  app->add_option("--count", options->count, "end after so many")->type_name("N")->check(count_from_one());
  add_time(*app, "--interval", options->interval, "between them");
  app->add_flag("--json", options->json, "a line of JSON each");
  options->client.add_to(*app, false);
  app->footer(
      client_footer("  suzaku ping wss://example.com/socket --count 5\n"
                    "  suzaku ping wss://example.com/socket --interval 10 --json --retry >> answers.ndjson\n"));
  return {app, [options] {
            options->client.longest_silence = std::max(kLongestSilence, options->client.timeout);
            return Pinging(*options).go();
          }};
}

}  // namespace suzaku::program
