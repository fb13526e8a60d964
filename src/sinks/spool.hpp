#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <suzaku/signals/signal.hpp>

#include "sinks/spool_lock.hpp"
#include "sinks/sqlite.hpp"

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

 private:
  Size remove_oldest(std::uint64_t bytes);
  std::uint64_t drop_oldest_parked(Size& parked);

  SpoolLock lock_;
  std::uint64_t max_bytes_;
  std::uint64_t max_parked_bytes_;
  mutable std::mutex mutex_;
  sqlite::Database database_;
  sqlite::Statement insert_;
  sqlite::Statement oldest_;
  sqlite::Statement sizes_;
  sqlite::Statement size_through_;
  sqlite::Statement remove_through_;
  sqlite::Statement length_;
  sqlite::Statement park_;
  sqlite::Statement remove_;
  sqlite::Statement parked_sizes_;
  sqlite::Statement parked_signal_;
  sqlite::Statement remove_parked_;
  Size size_;
  Size parked_;
};

}  // namespace suzaku::sinks
