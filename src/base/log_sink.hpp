#pragma once

#include <string>
#include <string_view>

#include <suzaku/log.hpp>

namespace suzaku::log {

struct Passed {
  bool is_taken = false;
  std::string thrown = {};  // by the sink, in words
};

/// Passes a line to the sink that was set by set_sink(). It is not taken when there is none, when it throws, and when
/// it runs on this thread already.
Passed pass_to_sink(Level level, std::string_view text);

}  // namespace suzaku::log
