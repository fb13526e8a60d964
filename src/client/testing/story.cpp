#include "client/testing/story.hpp"

#include <cstdio>

namespace suzaku::client::testing {
namespace {

constexpr std::size_t kMostLines = 200;
constexpr std::size_t kLongestText = 500;

}  // namespace

void Story::add(std::chrono::nanoseconds time, std::size_t connection, std::string_view who, std::string_view what) {
  char prefix[64];
  std::snprintf(prefix, sizeof prefix, "  %9.3f s  #%zu %.*s  ", std::chrono::duration<double>(time).count(),
                connection, static_cast<int>(who.size()), who.data());
  std::string line = prefix;
  line.append(what.substr(0, kLongestText));
  if (what.size() > kLongestText) line += "... (" + std::to_string(what.size()) + " bytes)";
  lines_.push_back(std::move(line));
  if (lines_.size() > kMostLines) {
    lines_.pop_front();
    ++forgotten_;
  }
}

std::string Story::text() const {
  if (lines_.empty()) return "Nothing has happened at all: was connect() called?\n";
  std::string text = "What happened:\n";
  if (forgotten_ > 0) text += "  (" + std::to_string(forgotten_) + " things before)\n";
  for (const auto& line : lines_) text += line + '\n';
  return text;
}

std::string shown(std::string_view frame, bool is_binary) {
  return is_binary ? "a binary frame of " + std::to_string(frame.size()) + " bytes" : std::string(frame);
}

}  // namespace suzaku::client::testing
