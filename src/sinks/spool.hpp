#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <suzaku/signals/signal.hpp>

#include "sinks/spool_lock.hpp"
#include "sinks/sqlite.hpp"

namespace suzaku::sinks {

/// A signal as it waits on disk.
struct Spooled {
  std::int64_t number = 0;  // grows
  std::string id;
  std::string event;  // its JSON
};

/// Signals that wait on disk, in the order in which they came. What put() has returned for survives the end of this
/// process, however it comes, and of the machine (as far as its disk keeps what it says that it has). Any thread.
/// Throws std::runtime_error, with the path and the reason.
class Spool {
 public:
  struct Size {
    std::uint64_t signals = 0;
    std::uint64_t bytes = 0;
  };

  /// A file that is no spool, or in use, is not touched.
  Spool(const std::string& path, std::uint64_t max_bytes);

  /// All of them or, when it throws, none. Returns how many of the oldest had to go for them.
  std::uint64_t put(std::span<const signals::SignalPtr> batch);
  /// At least one, if there is one.
  std::vector<Spooled> oldest(std::size_t max_count, std::size_t max_bytes);
  /// All up to this number.
  void remove_through(std::int64_t number);
  Size size() const;

 private:
  Size remove_oldest(std::uint64_t bytes);

  SpoolLock lock_;
  std::uint64_t max_bytes_;
  mutable std::mutex mutex_;
  sqlite::Database database_;
  sqlite::Statement insert_;
  sqlite::Statement oldest_;
  sqlite::Statement sizes_;
  sqlite::Statement size_through_;
  sqlite::Statement remove_through_;
  Size size_;
};

}  // namespace suzaku::sinks
