#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <suzaku/client/options.hpp>
#include <suzaku/client/reconnect.hpp>
#include <suzaku/signals/restart.hpp>

namespace suzaku::sinks {

/// A line of JSON (structured CloudEvents) for each signal, on standard output.
struct StdoutOptions {};

/// The same, at the end of a file. When that is full it becomes PATH.1, what was PATH.1 becomes PATH.2, and so on.
struct FileOptions {
  std::string path;
  std::uint64_t max_size = 100 << 20;  // bytes; 0: never full
  std::size_t keep = 5;                // old files
};

/// What a function that gives a webhook's secret or headers is told: nothing. It is called for each request, on the
/// thread that delivers, and may fail: then the request has failed, and is made again later.
struct WebhookAttempt {};
using WebhookSecret = client::Source<std::string, WebhookAttempt>;
using WebhookHeaders = client::Source<std::vector<client::Header>, WebhookAttempt>;

/// Each signal is sent by HTTP POST, one after another, until the receiver has taken it. What waits is kept on disk.
struct WebhookOptions {
  std::string url;
  /// The modes of the HTTP binding of CloudEvents: the whole event as the body, or its data with the attributes as
  /// headers.
  enum class Mode : std::uint8_t { structured, binary };
  Mode mode = Mode::structured;
  WebhookHeaders headers = {};
  /// Signs requests as standardwebhooks.com says, with HMAC-SHA256; "whsec_" and Base64, or any text. "" does not sign.
  WebhookSecret secret = {};
  std::string ca_file = {};                   // PEM; instead of the system's authorities
  std::chrono::milliseconds timeout{10'000};  // of a request

  std::string spool;  // the file where signals wait
  /// How often a webhook that does nothing checks whether its spool was deleted, replaced or shortened.
  std::chrono::milliseconds spool_check{10'000};
  std::uint64_t max_spool_size = 256 << 20;  // bytes of signals; then the oldest are dropped, and counted
  /// A signal at which the receiver has failed so often, or for so long, is parked: kept on disk, and not sent again
  /// before somebody asks for it. 0: never. Answers that speak of something else than the signal do not count.
  std::size_t max_attempts = 20;
  std::chrono::milliseconds max_age = std::chrono::hours(1);
  std::uint64_t max_parked_size = 16 << 20;  // bytes of parked signals; then the oldest are dropped, and counted
  client::ExponentialBackoff retry = {
      .first = std::chrono::milliseconds(1'000), .factor = 2, .max = std::chrono::milliseconds(60'000), .jitter = 0.25};
};

/// A program that is started once, gets a line of JSON for each signal on its standard input, and may answer with lines
/// {"push": {"connection": ..., "topic": ..., "event": ..., "payload": ...}} on its standard output.
struct CommandOptions {
  std::vector<std::string> command;  // the program, found as by a shell, and its arguments
  std::string directory = {};        // its working directory; "": that of the bridge
  std::vector<std::pair<std::string, std::string>> environment = {};  // in addition to that of the bridge
  signals::RestartOptions restart = {};                               // what happens when it ends
  std::chrono::milliseconds grace{2'000};  // after the end of its input, and again after SIGTERM
};

/// Each message is pushed to a channel of another connection, which is joined for it when nobody else has done so.
struct PushOptions {
  std::string connection;
  std::string topic = {};  // "": that of the message
  std::string event = {};  // "": that of the message
};

using SinkOptions = std::variant<StdoutOptions, FileOptions, WebhookOptions, CommandOptions, PushOptions>;

}  // namespace suzaku::sinks
