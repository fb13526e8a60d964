#include "sinks/spool.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace suzaku::sinks {
namespace {

sqlite::Database open(const std::string& path) {
  sqlite::Database database(path);
  database.run("PRAGMA locking_mode = EXCLUSIVE");
  sqlite::Statement check(database, "PRAGMA quick_check(1)");
  if (check.step() && check.text(0) != "ok")
    throw std::runtime_error(fmt::format("the spool {} is damaged: {}", path, check.text(0)));
  check.reset();
  // WAL: to write is to append. FULL: a commit is on the disk. Numbers are not used again (AUTOINCREMENT).
  database.run(R"(
    PRAGMA synchronous = FULL;
    BEGIN IMMEDIATE;
    PRAGMA application_id = 0x73757a31;
    CREATE TABLE IF NOT EXISTS signals (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL, event BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS parked (number INTEGER PRIMARY KEY, id BLOB NOT NULL, event BLOB NOT NULL);
    COMMIT;
    PRAGMA journal_mode = WAL;
    PRAGMA journal_size_limit = 4194304;
  )");
  return database;
}

/// `sizes` gives a row for each signal, with its size in the second column.
Spool::Size total_of(sqlite::Statement& sizes) {
  Spool::Size total;
  for (sizes.bind(); sizes.step(); ++total.signals) total.bytes += static_cast<std::uint64_t>(sizes.integer(1));
  return total;
}

}  // namespace

Spool::Spool(const std::string& path, std::uint64_t max_bytes, std::uint64_t max_parked_bytes)
    : lock_(path),
      max_bytes_(max_bytes),
      max_parked_bytes_(max_parked_bytes),
      database_(open(path)),
      insert_(database_, "INSERT INTO signals (id, event) VALUES (?, ?)"),
      oldest_(database_, "SELECT number, id, event FROM signals ORDER BY number LIMIT ?"),
      sizes_(database_, "SELECT number, length(event) FROM signals ORDER BY number"),
      size_through_(database_, "SELECT count(*), ifnull(sum(length(event)), 0) FROM signals WHERE number <= ?"),
      remove_through_(database_, "DELETE FROM signals WHERE number <= ?"),
      length_(database_, "SELECT length(event) FROM signals WHERE number = ?"),
      park_(database_, "INSERT INTO parked SELECT number, id, event FROM signals WHERE number = ?"),
      remove_(database_, "DELETE FROM signals WHERE number = ?"),
      parked_sizes_(database_, "SELECT number, length(event) FROM parked ORDER BY number"),
      parked_signal_(database_, "SELECT number, id, event FROM parked WHERE number = ?"),
      remove_parked_(database_, "DELETE FROM parked WHERE number = ?") {
  size_ = total_of(sizes_);
  parked_ = total_of(parked_sizes_);
}

std::uint64_t Spool::put(std::span<const signals::SignalPtr> batch) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_);
  Size size = size_;
  std::uint64_t too_large = 0;
  for (const auto& signal : batch) {
    const std::string event = signals::to_json_text(*signal);
    if (event.size() > max_bytes_) {
      ++too_large;
      continue;
    }
    insert_.bind(std::string_view(signal->id), std::string_view(event)).step();
    ++size.signals;
    size.bytes += event.size();
  }
  Size dropped;
  if (size.bytes > max_bytes_) dropped = remove_oldest(size.bytes - max_bytes_);
  transaction.commit();
  size_ = {.signals = size.signals - dropped.signals, .bytes = size.bytes - dropped.bytes};
  return dropped.signals + too_large;
}

/// So many that these bytes are free.
Spool::Size Spool::remove_oldest(std::uint64_t bytes) {
  Size removed;
  std::int64_t last = 0;
  for (sizes_.bind(); removed.bytes < bytes && sizes_.step(); ++removed.signals) {
    last = sizes_.integer(0);
    removed.bytes += static_cast<std::uint64_t>(sizes_.integer(1));
  }
  sizes_.reset();
  remove_through_.bind(last).step();
  return removed;
}

std::vector<Spooled> Spool::oldest(std::size_t max_count, std::size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  std::vector<Spooled> found;
  std::size_t bytes = 0;
  oldest_.bind(static_cast<std::int64_t>(max_count));
  while (bytes < max_bytes && oldest_.step()) {
    found.push_back({.number = oldest_.integer(0), .id = oldest_.text(1), .event = oldest_.text(2)});
    bytes += found.back().event.size();
  }
  oldest_.reset();
  return found;
}

void Spool::remove_through(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_);
  size_through_.bind(number).step();
  const Size removed = {.signals = static_cast<std::uint64_t>(size_through_.integer(0)),
                        .bytes = static_cast<std::uint64_t>(size_through_.integer(1))};
  size_through_.reset();
  remove_through_.bind(number).step();
  transaction.commit();
  size_ = {.signals = size_.signals - removed.signals, .bytes = size_.bytes - removed.bytes};
}

Spool::Size Spool::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

// --- parked ---

std::uint64_t Spool::park(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_);
  if (!length_.bind(number).step()) return 0;
  const auto bytes = static_cast<std::uint64_t>(length_.integer(0));
  length_.reset();
  park_.bind(number).step();
  remove_.bind(number).step();
  Size parked = {.signals = parked_.signals + 1, .bytes = parked_.bytes + bytes};
  const std::uint64_t dropped = drop_oldest_parked(parked);
  transaction.commit();
  size_ = {.signals = size_.signals - 1, .bytes = size_.bytes - bytes};
  parked_ = parked;
  return dropped;
}

/// Until there is room for those that are left.
std::uint64_t Spool::drop_oldest_parked(Size& parked) {
  std::uint64_t dropped = 0;
  for (; parked.bytes > max_parked_bytes_ && parked_sizes_.bind().step(); ++dropped) {
    const std::int64_t oldest = parked_sizes_.integer(0);
    const auto bytes = static_cast<std::uint64_t>(parked_sizes_.integer(1));
    parked_sizes_.reset();
    remove_parked_.bind(oldest).step();
    parked = {.signals = parked.signals - 1, .bytes = parked.bytes - bytes};
  }
  return dropped;
}

std::optional<Spooled> Spool::parked_signal(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  if (!parked_signal_.bind(number).step()) return std::nullopt;
  Spooled signal{.number = number, .id = parked_signal_.text(1), .event = parked_signal_.text(2)};
  parked_signal_.reset();
  return signal;
}

void Spool::remove_parked(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  if (!parked_signal_.bind(number).step()) return;
  const auto bytes = static_cast<std::uint64_t>(parked_signal_.text(2).size());
  parked_signal_.reset();
  remove_parked_.bind(number).step();
  parked_ = {.signals = parked_.signals - 1, .bytes = parked_.bytes - bytes};
}

void Spool::unpark() {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_);
  database_.run("INSERT INTO signals SELECT number, id, event FROM parked; DELETE FROM parked");
  transaction.commit();
  size_ = {.signals = size_.signals + parked_.signals, .bytes = size_.bytes + parked_.bytes};
  parked_ = {};
}

std::uint64_t Spool::drop_parked() {
  const std::lock_guard lock(mutex_);
  database_.run("DELETE FROM parked");
  return std::exchange(parked_, {}).signals;
}

Spool::Size Spool::parked() const {
  const std::lock_guard lock(mutex_);
  return parked_;
}

std::deque<std::int64_t> Spool::parked_numbers() {
  const std::lock_guard lock(mutex_);
  std::deque<std::int64_t> numbers;
  for (parked_sizes_.bind(); parked_sizes_.step();) numbers.push_back(parked_sizes_.integer(0));
  return numbers;
}

}  // namespace suzaku::sinks
