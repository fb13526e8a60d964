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
  std::int64_t number = 0;  // later signals have greater numbers
  std::string id;
  std::string event;  // its JSON
};

/// Signals on disk, in the order of their arrival: waiting signals and parked signals. Changes by put() and park()
/// survive kill -9, and a loss of power if the disk keeps the data that it has reported as written. Any thread. Throws
/// std::runtime_error, with the path and the reason.
class Spool {
 public:
  struct Size {
    std::uint64_t signals = 0;
    std::uint64_t bytes = 0;
  };

  /// Does not change a file that is not a spool or is in use.
  Spool(const std::string& path, std::uint64_t max_bytes, std::uint64_t max_parked_bytes);

  /// Adds all signals or, when it throws, none. Returns the number of dropped signals: the oldest when there was no
  /// room, and signals larger than the whole spool.
  std::uint64_t put(std::span<const signals::SignalPtr> batch);
  /// The oldest waiting signals: at most `max_count` and `max_bytes`, but at least one if one waits.
  std::vector<Spooled> oldest(std::size_t max_count, std::size_t max_bytes);
  /// Removes all waiting signals up to this number.
  void remove_through(std::int64_t number);
  Size size() const;

  /// Returns the number of dropped signals: the oldest parked ones when there was no room.
  std::uint64_t park(std::int64_t number);
  /// Nothing when no signal with this number is parked.
  std::optional<Spooled> parked_signal(std::int64_t number);
  void remove_parked(std::int64_t number);
  /// All parked signals wait again, before later ones. Must not be called while signals of oldest() are in use.
  void unpark();
  /// Returns the number of dropped signals.
  std::uint64_t drop_parked();
  Size parked() const;
  /// Oldest first.
  std::deque<std::int64_t> parked_numbers();

  /// Writes all signals to a new file if another program has deleted, replaced or shortened the file. Every other
  /// function that reads or writes the file does so, too. While that fails the old file is used, and it is tried again
  /// after a pause.
  void check();
  /// How often a new file was written.
  std::uint64_t rewrites() const;
  /// The number of signals that could not be read from the old files.
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
