#pragma once

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <suzaku/signals/signal.hpp>

namespace suzaku::sinks {

using namespace std::chrono_literals;

inline constexpr auto kPatience = 30s;  // how long a test waits before it fails

/// Polls until the condition holds.
inline void await(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("the condition did not become true in time");
    std::this_thread::sleep_for(1ms);
  }
}

inline signals::SignalPtr signal_of(std::string id, Payload data = {}) {
  signals::Signal signal;
  signal.id = std::move(id);
  signal.source = "/suzaku/c";
  signal.type = "suzaku.c.room_1.shout";
  signal.data = std::move(data);
  return std::make_shared<const signals::Signal>(std::move(signal));
}

/// Signals with the ids first, first + 1, ...
inline std::vector<signals::SignalPtr> signals_of(int first, int count, const Payload& data = {}) {
  std::vector<signals::SignalPtr> batch;
  for (int i = first; i < first + count; ++i) batch.push_back(signal_of(std::to_string(i), data));
  return batch;
}

/// The contents of a file; "none" when there is no file.
inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return file ? text.str() : "none";
}

/// The number of bytes of a line for each of signals_of(1, 9).
inline std::size_t line_size(const Payload& data = {}) {
  return to_json_text(*signal_of("1", data)).size() + 1;
}

}  // namespace suzaku::sinks
