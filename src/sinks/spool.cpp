#include "sinks/spool.hpp"

#include <stdexcept>
#include <string_view>

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
    COMMIT;
    PRAGMA journal_mode = WAL;
    PRAGMA journal_size_limit = 4194304;
  )");
  return database;
}

}  // namespace

Spool::Spool(const std::string& path, std::uint64_t max_bytes)
    : lock_(path),
      max_bytes_(max_bytes),
      database_(open(path)),
      insert_(database_, "INSERT INTO signals (id, event) VALUES (?, ?)"),
      oldest_(database_, "SELECT number, id, event FROM signals ORDER BY number LIMIT ?"),
      sizes_(database_, "SELECT number, length(event) FROM signals ORDER BY number"),
      size_through_(database_, "SELECT count(*), ifnull(sum(length(event)), 0) FROM signals WHERE number <= ?"),
      remove_through_(database_, "DELETE FROM signals WHERE number <= ?") {
  for (sizes_.bind(); sizes_.step(); ++size_.signals) size_.bytes += static_cast<std::uint64_t>(sizes_.integer(1));
}

std::uint64_t Spool::put(std::span<const signals::SignalPtr> batch) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_);
  Size size = size_;
  for (const auto& signal : batch) {
    const std::string event = signals::to_json_text(*signal);
    insert_.bind(std::string_view(signal->id), std::string_view(event)).step();
    ++size.signals;
    size.bytes += event.size();
  }
  Size dropped;
  if (size.bytes > max_bytes_) dropped = remove_oldest(size.bytes - max_bytes_);
  transaction.commit();
  size_ = {.signals = size.signals - dropped.signals, .bytes = size.bytes - dropped.bytes};
  return dropped.signals;
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

}  // namespace suzaku::sinks
