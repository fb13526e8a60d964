#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

#include <suzaku/signals/signal.hpp>

#include "base/log_limit.hpp"

namespace suzaku::signals {

/// Counts, reports and logs signals that no agent has handled. Any thread.
class DeadLetters {
 public:
  using Callback = std::function<void(const Signal&, std::string_view why)>;

  explicit DeadLetters(Callback callback);
  ~DeadLetters();
  DeadLetters(const DeadLetters&) = delete;
  DeadLetters& operator=(const DeadLetters&) = delete;

  void add(const Signal& signal, std::string_view why);
  std::uint64_t count() const;

 private:
  const Callback callback_;
  mutable std::mutex mutex_;  // guards the members below
  std::uint64_t count_ = 0;
  LogLimit lines_{1};
};

}  // namespace suzaku::signals
