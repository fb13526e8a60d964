#include "base/log.hpp"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

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

constexpr std::size_t kLongestLine = 1024;

/// Lines hold words of strangers: those may be neither endless nor forge further lines or move the cursor.
std::string harmless(std::string_view line, Format format) {
  std::string clean(line.substr(0, kLongestLine));
  if (line.size() > kLongestLine) {
    while (!clean.empty() && (static_cast<unsigned char>(clean.back()) & 0xc0) == 0x80)
      clean.pop_back();  // half a character
    if (!clean.empty() && static_cast<unsigned char>(clean.back()) >= 0xc0) clean.pop_back();
    clean += "...";
  }
  if (format == Format::text)  // JSON escapes them
    for (char& c : clean)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return clean;
}

constexpr const char* kTextPattern = "%H:%M:%S.%e %^%-7l%$ %v";

std::shared_ptr<spdlog::logger> make_logger() {
  const bool colour = isatty(STDERR_FILENO) && std::getenv("NO_COLOR") == nullptr;
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(colour ? spdlog::color_mode::always
                                                                           : spdlog::color_mode::never);
  auto made = std::make_shared<spdlog::logger>("suzaku", std::move(sink));
  made->set_pattern(kTextPattern);
  return made;
}

struct Log {
  std::shared_ptr<spdlog::logger> logger = make_logger();
  std::atomic<Format> format = Format::text;
};

Log& instance() {
  static Log log;
  return log;
}

spdlog::logger& logger() {
  return *instance().logger;
}

}  // namespace

void configure(Level level, Format format) {
  instance().format = format;
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

void write(Level level, std::string_view line) noexcept {
  try {
    const std::string clean = harmless(line, instance().format);
    logger().log(to_spdlog(level), spdlog::string_view_t(clean.data(), clean.size()));
  } catch (...) {  // no memory for a line of log: nobody could be told
    return;
  }
}

}  // namespace suzaku::log
