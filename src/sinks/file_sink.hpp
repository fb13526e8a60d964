#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "sinks/descriptor.hpp"
#include "sinks/options.hpp"
#include "sinks/sink.hpp"

namespace suzaku::sinks {

/// A line for each signal at the end of a file, which is rotated here or by others (logrotate). Lines are whole, also
/// when a disk was full or the machine stopped in the middle of one.
class FileSink final : public Sink {
 public:
  explicit FileSink(FileOptions options) : options_(std::move(options)) {}

  /// Throws std::runtime_error, with the path and the reason; the next batch is tried anew.
  void take(std::span<const signals::SignalPtr> batch) override;
  void stop() noexcept override {}  // nothing is waited for
  JsonObject status() const override { return {{"written", written_.load()}, {"rotations", rotations_.load()}}; }

 private:
  void open();
  bool is_ours() const;
  void rotate();
  void append(std::string_view lines);
  void end_last_line();

  FileOptions options_;
  Descriptor file_;
  std::uint64_t size_ = 0;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> rotations_{0};
};

}  // namespace suzaku::sinks
