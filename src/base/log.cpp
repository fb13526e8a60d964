#include "base/log.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/log_output.hpp"
#include "base/log_sink.hpp"
#include "base/printable.hpp"

namespace suzaku::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) noexcept {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

/// The message as a JSON string, for the pattern of Format::json.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string text =
        boost::json::serialize(boost::json::string_view(message.payload.data(), message.payload.size()));
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
};

constexpr std::size_t kLongestMessage = 1024;  // bytes; JSON may need twice as many, which still is one write to a pipe
static_assert(2 * kLongestMessage + 512 <= LogOutput::kLongestLine);

constexpr std::string_view colour_of(spdlog::level::level_enum level) noexcept {
  switch (level) {
    case spdlog::level::debug:
      return "\x1b[36m";  // cyan
    case spdlog::level::info:
      return "\x1b[32m";  // green
    case spdlog::level::warn:
      return "\x1b[33;1m";  // bold yellow
    default:
      return "\x1b[31;1m";  // bold red
  }
}

/// Writes to standard error without blocking. Lost lines are counted; the next line that can be written is preceded by
/// the count.
class StandardError final : public spdlog::sinks::base_sink<std::mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (lost_ > 0 && !write_lost(message)) return count(errno_);
    if (const int error = write(message); error != 0) count(error);
  }
  void flush_() override {}

  bool write_lost(const spdlog::details::log_msg& next) {
    const std::string text =
        fmt::format("{} lines of log were lost: standard error {}", lost_,
                    errno_ == EAGAIN ? std::string("was not read") : fmt::format("failed: {}", std::strerror(errno_)));
    spdlog::details::log_msg notice(next.logger_name, spdlog::level::warn, text);
    if (write(notice) != 0) return false;
    lost_ = 0;
    return true;
  }

  void count(int error) {
    if (lost_++ == 0) errno_ = error;
  }

  /// 0, or an errno.
  int write(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string text(line.data(), line.size());
    if (has_colours_ && message.color_range_end > message.color_range_start) {
      text.insert(message.color_range_end, "\x1b[0m");
      text.insert(message.color_range_start, colour_of(message.level));
    }
    return output_.write(text);
  }

  LogOutput output_{STDERR_FILENO};
  const bool has_colours_ = isatty(STDERR_FILENO) && std::getenv("NO_COLOR") == nullptr;
  std::uint64_t lost_ = 0;
  int errno_ = 0;  // of the first that was lost
};

constexpr const char* kTextPattern = "%H:%M:%S.%e %^%-7l%$ %v";

std::shared_ptr<spdlog::logger> make_logger() {
  auto made = std::make_shared<spdlog::logger>("suzaku", std::make_shared<StandardError>());
  made->set_error_handler([](const std::string&) {});  // there is no memory for the line; spdlog's own would block
  made->set_pattern(kTextPattern);
  return made;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> made = make_logger();
  return *made;
}

/// A line that the sink did not take.
std::string with_thrown(std::string_view text, std::string_view thrown) {
  constexpr std::size_t kLongestReason = 200;
  const std::string note = " (the sink of the log has thrown: " + printable(thrown, kLongestReason) + ")";
  return printable(text, kLongestMessage - note.size()).append(note);
}

}  // namespace

std::string_view to_string(Level level) noexcept {
  const spdlog::string_view_t word = spdlog::level::to_string_view(to_spdlog(level));
  return {word.data(), word.size()};
}

void configure(Level level, Format format) {
  logger().set_level(to_spdlog(level));
  if (format == Format::text) {
    logger().set_pattern(kTextPattern);
  } else {
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<JsonMessage>('*').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%*})");
    logger().set_formatter(std::move(formatter));
  }
}

bool enabled(Level level) noexcept {
  return logger().should_log(to_spdlog(level));
}

void write(Level level, std::string_view line, std::string_view note) noexcept {
  try {
    if (!enabled(level)) return;
    std::string text = printable(line, kLongestMessage - note.size()).append(note);
    const Passed passed = pass_to_sink(level, text);
    if (passed.is_taken) return;
    if (!passed.thrown.empty()) text = with_thrown(text, passed.thrown);
    logger().log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
  } catch (...) {  // no memory for a log line
    return;
  }
}

}  // namespace suzaku::log
