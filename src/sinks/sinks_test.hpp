#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <suzaku/signals/signal.hpp>

namespace suzaku::sinks {

inline signals::SignalPtr signal_of(std::string id, Payload data = {}) {
  signals::Signal signal;
  signal.id = std::move(id);
  signal.source = "/jidoka/phoenix/c";
  signal.type = "phoenix.c.room_1.shout";
  signal.data = std::move(data);
  return std::make_shared<const signals::Signal>(std::move(signal));
}

/// With the ids first, first + 1, ...
inline std::vector<signals::SignalPtr> signals_of(int first, int count, const Payload& data = {}) {
  std::vector<signals::SignalPtr> batch;
  for (int i = first; i < first + count; ++i) batch.push_back(signal_of(std::to_string(i), data));
  return batch;
}

/// The number of bytes of a line for each of signals_of(1, 9).
inline std::size_t line_size(const Payload& data = {}) {
  return to_json_text(*signal_of("1", data)).size() + 1;
}

}  // namespace suzaku::sinks
