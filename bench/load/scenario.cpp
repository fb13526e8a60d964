#include "scenario.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "latency.hpp"
#include "probe.hpp"
#include "swarm.hpp"

namespace phxload {
namespace {

using namespace std::chrono_literals;

constexpr auto kWarmUp = 1s;
constexpr std::uint64_t kSampled = 16;  // Every so many messages one is looked into: latency, status.

[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...) {
  std::string text(1024, '\0');
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  text.resize(static_cast<std::size_t>(length));
  return text;
}

const char* find(std::string_view text, std::string_view what, std::size_t within = std::string_view::npos) {
  return static_cast<const char*>(::memmem(text.data(), std::min(within, text.size()), what.data(), what.size()));
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

auto for_seconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// Counts what was delivered while it is on.
class Meter {
 public:
  void start() { on_ = true; }

  void count(std::string_view message) {
    if (!on_ || ++delivered_ % kSampled != 0) return;
    constexpr std::string_view kTime = "\"t\":";
    if (const char* sent = find(message, kTime)) {
      const auto then = std::strtoull(sent + kTime.size(), nullptr, 10);
      latencies_.add(static_cast<std::uint32_t>((now_ns() - then) / 1000));
    } else {
      ++foreign_;
    }
  }

  std::uint64_t delivered() const noexcept { return delivered_; }
  /// Sampled messages that do not carry our payload: error replies, for example.
  std::uint64_t foreign() const noexcept { return foreign_; }
  Latencies& latencies() noexcept { return latencies_; }

 private:
  bool on_ = false;
  std::uint64_t delivered_ = 0;
  std::uint64_t foreign_ = 0;
  Latencies latencies_;
};

/// Each connection pushes again whenever one of its pushes is answered.
void start_echo(Swarm& swarm, const Options& options, Meter& meter) {
  swarm.on_text([&](Connection& connection, std::string_view text) {
    if (!find(text, "phx_reply", 160)) return;
    meter.count(text);
    swarm.push(connection, "echo");
  });
  for (auto& connection : swarm.connections()) {
    for (int i = 0; i < options.window; ++i) swarm.push(connection, "echo");
    swarm.flush(connection);
  }
}

/// Connection i publishes for topic i; it pushes again when all subscribers of the topic have got as many as were sent.
class Fanout {
 public:
  Fanout(Swarm& swarm, const Options& options, Meter& meter)
      : swarm_(swarm), meter_(meter), topics_(static_cast<std::size_t>(options.topics)) {
    for (const auto& connection : swarm.connections()) ++topic_of(connection).subscribers;
    swarm.on_text([this](Connection& connection, std::string_view text) {
      if (find(text, "\"shout\"", 120)) on_shout(connection, text);
    });
    for (std::size_t i = 0; i < topics_.size(); ++i) {
      for (int w = 0; w < options.window; ++w) swarm.push(swarm.connections()[i], "shout");
      swarm.flush(swarm.connections()[i]);
    }
  }

 private:
  struct Topic {
    int subscribers = 0;
    int received = 0;
  };

  Topic& topic_of(const Connection& connection) { return topics_[connection.id % topics_.size()]; }

  void on_shout(const Connection& subscriber, std::string_view text) {
    meter_.count(text);
    Topic& topic = topic_of(subscriber);
    if (++topic.received < topic.subscribers) return;
    topic.received = 0;
    Connection& publisher = swarm_.connections()[subscriber.id % topics_.size()];
    swarm_.push(publisher, "shout");
    swarm_.flush(publisher);
  }

  Swarm& swarm_;
  Meter& meter_;
  std::vector<Topic> topics_;
};

std::string name(const Options& options) {
  return std::string(name_of(options.mode));
}

Outcome settle(Swarm& swarm, const Options& options, const ServerProbe& server, double join_seconds, double join_cpu,
               long resident_before) {
  const double conns = options.conns;
  swarm.run_until(Clock::now() + for_seconds(options.secs));
  const long resident = server.resident_kb();
  return {formatted("{\"mode\":\"%s\",\"conns\":%d,\"join_s\":%.3f,\"joins_per_s\":%.0f,\"cpu_us_per_join\":%.1f,"
                    "\"rss_kb\":%ld,\"rss_per_conn_kb\":%.2f}",
                    name(options).c_str(), options.conns, join_seconds, conns / join_seconds, join_cpu * 1e6 / conns,
                    resident, static_cast<double>(resident - resident_before) / conns),
          swarm.first_error()};
}

std::string problem(const Swarm& swarm, const Meter& meter, const Options& options) {
  if (swarm.errors() > 0) return swarm.first_error();
  const std::string event = options.mode == Mode::kEcho ? "echo" : "shout";
  if (meter.delivered() == 0) return "nothing was delivered: does the channel know '" + event + "'?";
  if (meter.foreign() > 0) return "answers did not carry the payload: does the channel know '" + event + "'?";
  return {};
}

Outcome measure(Swarm& swarm, Meter& meter, const Options& options, const ServerProbe& server) {
  swarm.run_until(Clock::now() + kWarmUp);
  meter.start();
  const auto start = Clock::now();
  const double server_before = server.cpu_seconds();
  const double own_before = own_cpu_seconds();
  swarm.run_until(start + for_seconds(options.secs));
  const double elapsed = seconds_since(start);
  const double server_cpu = std::max(0.0, server.cpu_seconds() - server_before);  // 0 when the server has died.
  const double own_cpu = own_cpu_seconds() - own_before;

  const auto delivered = static_cast<double>(meter.delivered());
  auto& latencies = meter.latencies();
  return {formatted("{\"mode\":\"%s\",\"conns\":%d,\"topics\":%d,\"size\":%d,\"window\":%d,\"secs\":%.2f,"
                    "\"delivered\":%.0f,\"msgs_per_s\":%.0f,\"server_cpu_s\":%.2f,\"cpu_us_per_msg\":%.3f,"
                    "\"client_cpu_s\":%.2f,\"p50_us\":%u,\"p99_us\":%u,\"p999_us\":%u,\"rss_kb\":%ld,\"errors\":%.0f}",
                    name(options).c_str(), options.conns, options.topics, options.size, options.window, elapsed,
                    delivered, delivered / elapsed, server_cpu, delivered > 0 ? server_cpu * 1e6 / delivered : 0.0,
                    own_cpu, latencies.percentile(.5), latencies.percentile(.99), latencies.percentile(.999),
                    server.resident_kb(), static_cast<double>(swarm.errors())),
          problem(swarm, meter, options)};
}

}  // namespace

Outcome play(const Options& options) {
  const ServerProbe server(options.pid);
  const long resident_before = server.resident_kb();
  const double cpu_before = server.cpu_seconds();
  const auto start = Clock::now();
  Swarm swarm(options);
  swarm.join_all();
  const double join_seconds = seconds_since(start);
  const double join_cpu = server.cpu_seconds() - cpu_before;

  Meter meter;
  switch (options.mode) {
    case Mode::kEcho:
      start_echo(swarm, options, meter);
      return measure(swarm, meter, options, server);
    case Mode::kFanout: {
      const Fanout fanout(swarm, options, meter);
      return measure(swarm, meter, options, server);
    }
    default:
      return settle(swarm, options, server, join_seconds, join_cpu, resident_before);
  }
}

}  // namespace phxload
