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

using std::chrono::nanoseconds;

struct PingOptions {
  ClientOptions client;
  std::string url;
  std::size_t count = 0;  // 0: no limit
  double interval = 1;    // seconds
  bool json = false;
};

/// One run of `suzaku ping`.
class Pinging {
 public:
  explicit Pinging(const PingOptions& options)
      : options_(options), run_(options.client.quiet), timer_(run_.loop().io()) {}

  int go() {
    auto session = Session::open(run_, options_.client, options_.url);
    if (!session) return complain(session.error());
    session_ = std::move(*session);
    session_->socket().on_open([this](const client::Socket::Opened&) { ping(); });
    const int code = session_->go();
    if (sent_ > 0) run_.print(summary());
    return code == kDone && unanswered_ > 0 ? complain(silence()) : code;
  }

 private:
  void ping() {
    if (run_.is_ending()) return;
    const std::size_t number = ++sent_;
    timer_.expires_after(std::chrono::milliseconds(static_cast<std::int64_t>(options_.interval * 1000)));
    session_->socket().ping().then([this, number](const client::Reply& reply) { on_answer(number, reply); });
  }

  void on_answer(std::size_t number, const client::Reply& reply) {
    if (run_.is_ending()) return;
    if (reply.ok()) {
      add(reply.round_trip);
      run_.print(line(number, reply.round_trip));
    } else if (reply.outcome == client::Outcome::timeout) {
      ++unanswered_;
      run_.print(line(number, std::nullopt));
    } else {
      return;  // the connection is lost, which the session tells
    }
    if (answered_ + unanswered_ == options_.count) return run_.finish();
    timer_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled && session_->socket().is_connected()) ping();  // otherwise on_open() comes
    });
  }

  void add(nanoseconds time) {
    ++answered_;
    sum_ += time;
    least_ = answered_ == 1 ? time : std::min(least_, time);
    most_ = std::max(most_, time);
  }

  std::string line(std::size_t number, std::optional<nanoseconds> time) const {
    if (options_.json) return JsonLine().number("seq", number).milliseconds("ms", time).str();
    if (!time) return "no answer " + std::to_string(number) + " in time";
    return "answer " + std::to_string(number) + " after " + print_milliseconds(*time) + " ms";
  }

  Failure silence() const {
    return {kTimedOut, std::to_string(unanswered_) + " of " + std::to_string(sent_) +
                           (sent_ == 1 ? " heartbeat" : " heartbeats") +
                           " had no answer in time; --timeout SECONDS waits longer"};
  }

  std::string summary() const {
    const auto average = answered_ == 0 ? nanoseconds(0) : sum_ / static_cast<nanoseconds::rep>(answered_);
    if (options_.json) {
      const auto known = [this](nanoseconds time) { return answered_ > 0 ? std::optional(time) : std::nullopt; };
      return JsonLine()
          .number("sent", sent_)
          .number("answered", answered_)
          .milliseconds("min_ms", known(least_))
          .milliseconds("avg_ms", known(average))
          .milliseconds("max_ms", known(most_))
          .str();
    }
    std::string text = std::to_string(sent_) + " sent, " + std::to_string(answered_) + " answered";
    if (answered_ == 0) return text;
    return text + ", min/avg/max " + print_milliseconds(least_) + "/" + print_milliseconds(average) + "/" +
           print_milliseconds(most_) + " ms";
  }

  const PingOptions& options_;
  Run run_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<Session> session_;
  std::size_t sent_ = 0;
  std::size_t answered_ = 0;
  std::size_t unanswered_ = 0;  // in time
  nanoseconds sum_{0}, least_{0}, most_{0};
};

}  // namespace

Command ping_command(CLI::App& program) {
  auto options = std::make_shared<PingOptions>();
  CLI::App* app = program.add_subcommand("ping", "Measure how long the server takes to answer");
  add_url(*app, options->url);
  app->add_option("--count", options->count, "end after so many")->type_name("N")->check(count_from_one());
  add_seconds(*app, "--interval", options->interval, "between them");
  app->add_flag("--json", options->json, "a line of JSON each");
  options->client.add_to(*app, false);
  app->footer(
      client_footer("  suzaku ping wss://example.com/socket --count 5\n"
                    "  suzaku ping wss://example.com/socket --interval 10 --json --retry >> answers.ndjson\n"));
  return {app, [options] { return Pinging(*options).go(); }};
}

}  // namespace suzaku::program
