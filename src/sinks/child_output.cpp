#include "sinks/child_output.hpp"

#include <optional>

#include <fmt/format.h>

#include "base/log.hpp"
#include "sinks/push_command.hpp"

namespace suzaku::sinks {
namespace {

constexpr std::size_t kExcerpt = 200;  // bytes of a bad line in the log

std::string and_more(std::uint64_t left_out) {
  return left_out == 0 ? "" : fmt::format("; {} more lines were left out", left_out);
}

}  // namespace

void ChildOutput::add_output(std::string_view bytes, const std::stop_token& stop) {
  output_.add(bytes, [&](const LineSplitter::Line& line) { on_output(line, stop); });
}

void ChildOutput::add_errors(std::string_view bytes) {
  errors_.add(bytes, [this](const LineSplitter::Line& line) { on_error(line); });
}

void ChildOutput::end(const std::stop_token& stop) {
  output_.end([&](const LineSplitter::Line& line) { on_output(line, stop); });
  errors_.end([this](const LineSplitter::Line& line) { on_error(line); });
}

std::uint64_t ChildOutput::push_errors() const {
  const auto counts = pusher_.counts();
  return refused_.get() + counts.errors + counts.timeouts;
}

void ChildOutput::on_output(const LineSplitter::Line& line, const std::stop_token& stop) {
  if (!line.is_whole) {
    on_bad_line(line.text, fmt::format("found a line that is too long, expected at most {} bytes", kLongestPush));
  } else if (const auto command = parse_push_command(line.text)) {
    push(*command, stop);
  } else {
    on_bad_line(line.text, command.error().message);
  }
}

void ChildOutput::on_bad_line(std::string_view line, std::string_view why) {
  bad_lines_.add();
  if (const auto left_out = warnings_.pass(LogLimit::Clock::now())) {
    log::warning("agent {}: standard output: {}; the line: {}{}", agent_, why, line.substr(0, kExcerpt),
                 and_more(*left_out));
  }
}

void ChildOutput::push(const PushCommand& command, const std::stop_token& stop) {
  const auto sent = pusher_.push(command, stop);
  if (sent) return;
  refused_.add();
  if (const auto left_out = warnings_.pass(LogLimit::Clock::now())) {
    log::warning("agent {}: \"{}\" to \"{}\" was not pushed: {}{}", agent_, command.event, command.topic,
                 sent.error().message, and_more(*left_out));
  }
}

void ChildOutput::on_error(const LineSplitter::Line& line) {
  if (const auto left_out = words_.pass(LogLimit::Clock::now())) {
    log::info("agent {}: {}{}{}", agent_, line.text, line.is_whole ? "" : "...", and_more(*left_out));
  }
}

}  // namespace suzaku::sinks
