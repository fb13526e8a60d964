#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include <suzaku/client/push.hpp>

#include "cli/failure.hpp"
#include "cli/run.hpp"

namespace suzaku::program {

/// Prints the replies to pushes, {"status", "response", "ms"}, and remembers the failures among them.
class Replies {
 public:
  /// Which replies count as failures: all that are not ok; those of pushes that the end of their connection or channel
  /// left without an answer; none.
  enum class Failures : std::uint8_t { not_ok, unanswered, none };
  struct Options {
    bool named = false;  // printed when they come, with {"reply": EVENT} in front; otherwise in the order of the pushes
    Failures failures = Failures::not_ok;
  };
  /// Pushes that may be under way; the next one waits.
  static constexpr std::size_t kMost = 100;

  Replies(Run& run, Options options) : run_(run), options_(options) {}

  void add(const std::string& event, client::Push push);
  bool has_room() const noexcept { return waiting_.size() < kMost; }
  bool is_empty() const noexcept { return waiting_.empty(); }
  /// Called after replies have come.
  void on_progress(std::function<void()> callback) { on_progress_ = std::move(callback); }

  /// The first push that failed, and how many more did; nothing when all went well.
  std::optional<Failure> failure() const;

 private:
  struct Waiting {
    std::string event;
    client::Push push;
  };
  void print();
  bool is_failure(const client::Reply& reply) const;
  std::string line(const std::string& event, const client::Reply& reply) const;

  Run& run_;
  const Options options_;
  std::deque<Waiting> waiting_;
  std::function<void()> on_progress_;
  std::optional<Failure> first_failure_;
  std::size_t failures_ = 0;
};

}  // namespace suzaku::program
