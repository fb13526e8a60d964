#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace suzaku::client::testing {

/// The log of a server, for the texts of failures.
class Story {
 public:
  /// `connection`: its number, from 1. `who`: "client" or "server". Of long texts the beginning is kept.
  void add(std::chrono::nanoseconds time, std::size_t connection, std::string_view who, std::string_view what);
  /// One line for each thing, the oldest first.
  std::string text() const;

 private:
  std::deque<std::string> lines_;
  std::size_t forgotten_ = 0;
};

/// A frame as the story shows it: text as it is, bytes by their number.
std::string shown(std::string_view frame, bool is_binary);

}  // namespace suzaku::client::testing
