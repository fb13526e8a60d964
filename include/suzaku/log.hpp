#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

/// What the libraries log: where it goes, in which form, and how much of it. There is one log for the process. (Where a
/// program says `using namespace suzaku`, the function is std::log.)
///
/// By default lines of the level info and above go to standard error, as text. Writing them does not block: lines that
/// standard error does not take at once are lost, and counted in a later line.
namespace suzaku::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };
/// Of lines on standard error: text is coloured only on a terminal and without NO_COLOR; json is one object a line.
enum class Format : std::uint8_t { text, json };

/// "debug", "info", ...
std::string_view to_string(Level level) noexcept;

/// Lines below this level are left out. Any thread, at any time. `format` does not concern a sink.
void configure(Level level, Format format = Format::text);

struct Line {
  std::chrono::system_clock::time_point time;
  Level level = Level::info;
  /// Valid until the sink returns. It has no line break and no other control character, is valid UTF-8, and has at
  /// most 1027 bytes, whatever strangers have sent.
  std::string_view text;
};

/// Gets the lines instead of standard error. It is called by the thread that logs, which may be any thread, but by one
/// thread at a time. While it runs, all threads that log wait for it, event loops among them: it should return soon,
/// and must not wait for a thread that may log. There is no queue. Lines that clients can cause come at most 10 times a
/// second, for each kind of line and event loop (100 times at the level debug).
///
/// A line goes to standard error when the sink throws, and when it was logged by the sink itself.
using Sink = std::function<void(const Line&)>;

/// An empty function restores standard error. When this returns, the sink before does not run, and will not be called.
/// Any thread, at any time, but not within a sink: std::logic_error.
void set_sink(Sink sink);

}  // namespace suzaku::log
