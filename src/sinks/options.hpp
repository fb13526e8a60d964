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

/// The same lines, appended to a file. When the file is full it is renamed to PATH.1, PATH.1 to PATH.2, and so on.
struct FileOptions {
  std::string path;
  std::uint64_t max_size = 100 << 20;  // bytes; 0: never full
  std::size_t keep = 5;                // number of old files
};

/// The argument of a function that returns a webhook's secret or headers. It is empty. The function is called for each
/// request, on the delivery thread. When it fails the request counts as failed, and is made again later.
struct WebhookAttempt {};
using WebhookSecret = client::Source<std::string, WebhookAttempt>;
using WebhookHeaders = client::Source<std::vector<client::Header>, WebhookAttempt>;

/// Each signal is sent by HTTP POST, one at a time, until the receiver has accepted it. Waiting signals are kept on
/// disk.
struct WebhookOptions {
  std::string url;
  /// The modes of the HTTP binding of CloudEvents: the whole event as the body, or its data with the attributes as
  /// headers.
  enum class Mode : std::uint8_t { structured, binary };
  Mode mode = Mode::structured;
  WebhookHeaders headers = {};
  /// Signs requests as standardwebhooks.com specifies, with HMAC-SHA256. "whsec_" and Base64, or any text. "": no
  /// signature.
  WebhookSecret secret = {};
  std::string ca_file = {};                   // PEM; instead of the authorities of the system
  std::chrono::milliseconds timeout{10'000};  // of a request

  std::string spool;  // the file where signals wait
  /// How often a webhook that waits checks whether its spool was deleted, replaced or shortened.
  std::chrono::milliseconds spool_check{10'000};
  std::uint64_t max_spool_size = 256 << 20;  // bytes of waiting signals; beyond it the oldest are dropped and counted
  /// A signal is parked after this many failed attempts, or this long after the first. 0: no limit. Only
  /// failures that may be due to the signal count. WebhookSink says when parked signals are sent again.
  std::size_t max_attempts = 20;
  std::chrono::milliseconds max_age = std::chrono::hours(1);
  std::uint64_t max_parked_size = 16 << 20;  // bytes of parked signals; beyond it the oldest are dropped and counted
  client::ExponentialBackoff retry = {
      .first = std::chrono::milliseconds(1'000), .factor = 2, .max = std::chrono::milliseconds(60'000), .jitter = 0.25};
};

/// A program that gets a line of JSON for each signal on its standard input, and may write lines
/// {"push": {"connection": ..., "topic": ..., "event": ..., "payload": ...}} on its standard output.
struct CommandOptions {
  std::vector<std::string> command;  // the program, searched in PATH, and its arguments
  std::string directory = {};        // its working directory; "": that of the bridge
  std::vector<std::pair<std::string, std::string>> environment = {};  // in addition to that of the bridge
  signals::RestartOptions restart = {};                               // what happens when it ends
  std::chrono::milliseconds grace{2'000};  // after the end of its input, and again after SIGTERM
};

/// Each message is pushed to a channel of another connection. The channel is joined if it is not joined yet.
struct PushOptions {
  std::string connection;
  std::string topic = {};  // "": that of the message
  std::string event = {};  // "": that of the message
};

using SinkOptions = std::variant<StdoutOptions, FileOptions, WebhookOptions, CommandOptions, PushOptions>;

}  // namespace suzaku::sinks
