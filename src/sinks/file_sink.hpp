#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "sinks/failures.hpp"
#include "sinks/held.hpp"
#include "sinks/options.hpp"
#include "sinks/retry.hpp"
#include "sinks/sink.hpp"

namespace suzaku::sinks {

/// Appends a line for each signal to a file. The sink or another program (logrotate) rotates the file. Lines are whole,
/// even after a full disk or a crash within a line.
class FileSink final : public Sink {
 public:
  /// `agent` is named in the log.
  FileSink(std::string agent, FileOptions options)
      : options_(std::move(options)), retry_(std::move(agent), options_.path, failures_) {}

  /// Waits while the file cannot be opened, written to or rotated.
  void take(std::span<const signals::SignalPtr> batch) override;
  void stop() noexcept override { retry_.stop(); }
  /// {"written", "waiting", "rotations", "failures", "last_failure", "last_failure_at"}
  JsonObject status() const override;

 private:
  void write(std::string_view& rest);
  std::size_t room_for(std::string_view lines) const;
  void open();
  bool is_ours() const;
  void rotate();
  void append(std::string_view& rest, std::size_t size);
  void end_last_line();

  const FileOptions options_;
  Failures failures_;
  Held held_;
  Retry retry_;
  Descriptor file_;
  bool is_device_ = false;  // such as /dev/null: never full, since it cannot be renamed
  std::uint64_t size_ = 0;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> rotations_{0};
};

}  // namespace suzaku::sinks
