#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <suzaku/signals/signal.hpp>

#include "sinks/spool_file.hpp"

namespace suzaku::sinks {

/// A signal on disk.
struct Spooled {
  std::int64_t number = 0;  // grows
  std::string id;
  std::string event;  // its JSON
};

/// Signals on disk, in the order in which they came: those that wait, and those that are parked. What put() and park()
/// have done survives kill -9, and a loss of power if the disk keeps what it says that it has written. Any thread.
/// Throws std::runtime_error, with the path and the reason.
class Spool {
 public:
  struct Size {
    std::uint64_t signals = 0;
    std::uint64_t bytes = 0;
  };

  /// Does not change a file that is not a spool, or is in use.
  Spool(const std::string& path, std::uint64_t max_bytes, std::uint64_t max_parked_bytes);

  /// All of them or, when it throws, none. Returns how many were dropped: the oldest, when there was no room, and those
  /// that are larger than all of the spool.
  std::uint64_t put(std::span<const signals::SignalPtr> batch);
  /// At least one, if there is one.
  std::vector<Spooled> oldest(std::size_t max_count, std::size_t max_bytes);
  /// All up to this number.
  void remove_through(std::int64_t number);
  Size size() const;

  /// Returns how many were dropped: the oldest that are parked, when there was no room.
  std::uint64_t park(std::int64_t number);
  /// Nothing when none of this number is parked.
  std::optional<Spooled> parked_signal(std::int64_t number);
  void remove_parked(std::int64_t number);
  /// All of them wait again, before those that came later. Not while others rely on what oldest() has given.
  void unpark();
  /// Returns how many were dropped.
  std::uint64_t drop_parked();
  Size parked() const;
  /// The oldest first.
  std::deque<std::int64_t> parked_numbers();

  /// Writes all signals to a new file if another program has deleted, replaced or shortened the file. Every other
  /// function that reads or writes the file does so, too. While that fails the old file is used, and it is tried again
  /// after a pause.
  void check();
  /// How often that was done.
  std::uint64_t rewrites() const;
  /// Signals that could not be read then.
  std::uint64_t lost() const;

 private:
  using Clock = std::chrono::steady_clock;

  void open();
  SpoolFile& file();
  void rewrite(const std::string& change);
  static Size remove_oldest(SpoolFile& file, std::uint64_t bytes);
  std::uint64_t drop_oldest_parked(SpoolFile& file, Size& parked);

  const std::string path_;
  const std::uint64_t max_bytes_;
  const std::uint64_t max_parked_bytes_;
  mutable std::mutex mutex_;       // guards what follows
  std::optional<SpoolFile> file_;  // none: a new file was written, and could not be opened yet
  Size size_;
  Size parked_;
  std::int64_t last_number_ = 0;
  std::uint64_t rewrites_ = 0;
  std::uint64_t lost_ = 0;
  std::chrono::milliseconds pause_{0};   // before the next attempt to write a new file; 0: none has failed
  Clock::time_point next_attempt_ = {};  // to write a new file
};

}  // namespace suzaku::sinks
