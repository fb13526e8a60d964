#include "session.hpp"

#include <chrono>
#include <stdexcept>

#include <unistd.h>

#include "base/thrown.hpp"
#include "cli/exit_codes.hpp"
#include "client_failure.hpp"
#include "option_words.hpp"
#include "wire_log.hpp"

namespace suzaku::program {
namespace {

using namespace std::chrono_literals;

/// Callbacks that may wait for the main thread: enough for a person who reads a page of messages before the next.
constexpr std::size_t kMostUndelivered = 10'000;

/// Makes the socket call on_reconnect() for each failure; the run ends before the next attempt.
client::Backoff not_again() {
  return [](const client::Retry&) { return std::optional<std::chrono::milliseconds>(1h); };
}

std::string seconds(std::chrono::milliseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

}  // namespace

OrFailure<std::unique_ptr<Session>> Session::open(Run& run, const ClientOptions& options, const std::string& url) {
  run.secrets()->add(run.secrets()->secrets_in_url(url));
  auto socket_options = options.socket_options(run.secrets());
  if (!socket_options) return tl::unexpected(socket_options.error());
  std::unique_ptr<Session> session(new Session(run, options.retry));
  if (options.record) {
    auto recorder = Recorder::open(*options.record);
    if (!recorder) return tl::unexpected(recorder.error());
    session->recorder_ = std::make_shared<Recorder>(*std::move(recorder));
  }
  std::function<void(const client::WireEvent&)> show;
  if (options.wire) show = wire_log(may_color(STDERR_FILENO, options.no_color));
  if (show || session->recorder_) {
    socket_options->on_wire = [show, recorder = session->recorder_, secrets = run.secrets()](client::WireEvent event) {
      const std::string shown = event.is_binary ? std::string(event.text) : secrets->hide(event.text);
      event.text = shown;
      if (show) show(event);
      if (recorder) recorder->write(event);
    };
  }
  socket_options->dispatcher = run.loop().dispatcher();
  socket_options->max_undelivered = kMostUndelivered;
  if (!options.retry) socket_options->reconnect.backoff = not_again();
  try {
    session->socket_.emplace(url, *std::move(socket_options));
  } catch (const std::invalid_argument& error) {
    return failed(kBadUsage, in_option_words(error.what()));
  }
  session->watch();
  return session;
}

void Session::watch() {
  socket_->on_open([this](const client::Socket::Opened& opened) {
    if (opened.is_reconnect) run_.note("connected again");
  });
  socket_->on_reconnect([this](const client::Socket::Reconnecting& next) {
    if (!retry_) return run_.fail(failure_of(next.reason));
    if (!run_.is_ending()) run_.note(in_option_words(next.reason.message) + "; trying again in " + seconds(next.delay));
  });
  socket_->on_give_up([this](const client::Disconnect& reason) { run_.fail(failure_of(reason)); });
  socket_->on_callback_error([this](const std::exception_ptr& error, std::string_view where) {
    try {
      std::rethrow_exception(error);
    } catch (...) {
      run_.fail({kFailed, std::string(where) + ": " + what_is_thrown()});
    }
  });
}

client::Channel Session::join(const std::string& topic, client::JoinParams params,
                              std::function<void(const client::Joined&)> joined) {
  run_.secrets()->add(run_.secrets()->secrets_in(params.value().json()));
  client::Channel channel = socket_->channel(topic, std::move(params));
  if (channels_.emplace(topic, channel).second) watch(channel, std::move(joined));
  channel.join();
  return channel;
}

void Session::watch(client::Channel& channel, std::function<void(const client::Joined&)> joined) {
  const auto was_joined = std::make_shared<bool>(false);
  channel.on_join([this, was_joined, joined = std::move(joined)](const client::Joined& answer) {
    *was_joined = true;
    if (joined && !run_.is_ending()) joined(answer);
  });
  channel.on_error([this, was_joined, topic = channel.topic()](const client::ChannelError& error) {
    on_channel_error(topic, *was_joined, error);
  });
  channel.on_close([this, topic = channel.topic()](const Payload&) {
    if (channels_.contains(topic)) run_.fail({kConnectionLost, "the server has closed " + topic});
  });
  channel.on_gap([this](const client::Gap& gap) {
    const auto length = std::chrono::duration_cast<std::chrono::milliseconds>(gap.until - gap.since);
    run_.note("messages of " + std::string(gap.topic) + " may have been missed, for " + seconds(length));
  });
}

void Session::on_channel_error(const std::string& topic, bool was_joined, const client::ChannelError& error) {
  if (error.kind == client::ChannelError::Kind::disconnected || run_.is_ending()) return;  // reported by the socket
  const bool is_refusal = error.kind == client::ChannelError::Kind::refused && !was_joined;
  const Failure failure = failure_of(topic, error);
  if (!retry_ || is_refusal || !error.will_rejoin) return run_.fail(failure);
  run_.note(topic + ": " + in_option_words(error.message) + "; joining again");
}

void Session::leave(const std::string& topic) {
  const auto channel = channels_.extract(topic);
  if (channel) channel.mapped().leave();
}

void Session::close(std::function<void()> done) {
  for (auto& [topic, channel] : std::exchange(channels_, {})) channel.leave();
  socket_->disconnect().then([done = std::move(done)](const client::Reply&) { done(); });
}

int Session::go() {
  run_.before_end([this](std::function<void()> done) { close(std::move(done)); });
  if (!run_.is_ending()) socket_->connect();
  const int code = run_.go();
  socket_.reset();
  if (!recorder_) return code;
  const auto recorded = recorder_->close();
  return recorded || code != kDone ? code : report(recorded.error());
}

}  // namespace suzaku::program
