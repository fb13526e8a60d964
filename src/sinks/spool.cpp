#include "sinks/spool.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "sinks/spool_rewrite.hpp"

namespace suzaku::sinks {
namespace {

constexpr std::chrono::milliseconds kFirstRewritePause{100};
constexpr std::chrono::milliseconds kLongestRewritePause{10'000};

/// `sizes` gives a row for each signal, with its size in the second column.
Spool::Size total_of(sqlite::Statement& sizes) {
  Spool::Size total;
  for (sizes.bind(); sizes.step(); ++total.signals) total.bytes += static_cast<std::uint64_t>(sizes.integer(1));
  return total;
}

/// `row` has a number, an id and an event.
Spooled signal_in(const sqlite::Statement& row) {
  return {.number = row.integer(0),
          .id = std::string(sqlite::as_text(row.blob(1))),
          .event = std::string(sqlite::as_text(row.blob(2)))};
}

}  // namespace

Spool::Spool(const std::string& path, std::uint64_t max_bytes, std::uint64_t max_parked_bytes)
    : path_(path), max_bytes_(max_bytes), max_parked_bytes_(max_parked_bytes) {
  open();
}

void Spool::open() {
  file_.emplace(path_);
  size_ = total_of(file_->sizes);
  parked_ = total_of(file_->parked_sizes);
  sqlite::Statement sequence(file_->database, "SELECT ifnull(max(seq), 0) FROM sqlite_sequence");
  if (sequence.step()) last_number_ = sequence.integer(0);
}

/// The file to use. It is a new one if another program has changed the old one.
SpoolFile& Spool::file() {
  if (!file_) open();
  if (const auto change = file_->watch.change(); change && Clock::now() >= next_attempt_) rewrite(*change);
  return *file_;
}

void Spool::rewrite(const std::string& change) {
  const std::uint64_t before = size_.signals + parked_.signals;
  Rewritten done;
  try {
    done = rewrite_spool(*file_, path_, last_number_);
  } catch (const std::runtime_error& error) {
    if (pause_.count() == 0)
      log::warning("{} while it was in use; a new spool cannot be written, which will be tried again: {}", change,
                   error.what());
    pause_ = std::clamp(2 * pause_, kFirstRewritePause, kLongestRewritePause);
    next_attempt_ = Clock::now() + pause_;
    return;
  }
  pause_ = {};
  file_.reset();
  ++rewrites_;
  const std::uint64_t lost = before - std::min(before, done.signals + done.parked);
  lost_ += lost;
  log::warning("{} while it was in use; signals that were written to a new spool {}: {} waiting, {} parked; lost: {}{}",
               change, path_, done.signals, done.parked, lost,
               done.moved_to.empty() ? "" : "; the file that was found there is now " + done.moved_to);
  open();
}

void Spool::check() {
  const std::lock_guard lock(mutex_);
  file();
}

std::uint64_t Spool::rewrites() const {
  const std::lock_guard lock(mutex_);
  return rewrites_;
}

std::uint64_t Spool::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::uint64_t Spool::put(std::span<const signals::SignalPtr> batch) {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  SpoolChange change(file);
  Size size = size_;
  std::uint64_t too_large = 0;
  for (const auto& signal : batch) {
    const std::string event = signals::to_json_text(*signal);
    if (event.size() > max_bytes_) {
      ++too_large;
      continue;
    }
    file.insert.bind(sqlite::as_blob(signal->id), sqlite::as_blob(event)).step();
    ++size.signals;
    size.bytes += event.size();
  }
  Size dropped;
  if (size.bytes > max_bytes_) dropped = remove_oldest(file, size.bytes - max_bytes_);
  change.commit();
  if (too_large < batch.size()) last_number_ = file.database.last_insert();
  size_ = {.signals = size.signals - dropped.signals, .bytes = size.bytes - dropped.bytes};
  return dropped.signals + too_large;
}

/// Removes as many as are needed to free these bytes.
Spool::Size Spool::remove_oldest(SpoolFile& file, std::uint64_t bytes) {
  Size removed;
  std::int64_t last = 0;
  for (file.sizes.bind(); removed.bytes < bytes && file.sizes.step(); ++removed.signals) {
    last = file.sizes.integer(0);
    removed.bytes += static_cast<std::uint64_t>(file.sizes.integer(1));
  }
  file.sizes.reset();
  file.remove_through.bind(last).step();
  return removed;
}

std::vector<Spooled> Spool::oldest(std::size_t max_count, std::size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  std::vector<Spooled> found;
  std::size_t bytes = 0;
  file.oldest.bind(static_cast<std::int64_t>(max_count));
  while (bytes < max_bytes && file.oldest.step()) {
    found.push_back(signal_in(file.oldest));
    bytes += found.back().event.size();
  }
  file.oldest.reset();
  return found;
}

void Spool::remove_through(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  SpoolChange change(file);
  file.size_through.bind(number).step();
  const Size removed = {.signals = static_cast<std::uint64_t>(file.size_through.integer(0)),
                        .bytes = static_cast<std::uint64_t>(file.size_through.integer(1))};
  file.size_through.reset();
  file.remove_through.bind(number).step();
  change.commit();
  size_ = {.signals = size_.signals - removed.signals, .bytes = size_.bytes - removed.bytes};
}

Spool::Size Spool::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

// --- parked ---

std::uint64_t Spool::park(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  SpoolChange change(file);
  if (!file.length.bind(number).step()) return 0;
  const auto bytes = static_cast<std::uint64_t>(file.length.integer(0));
  file.length.reset();
  file.park.bind(number).step();
  file.remove.bind(number).step();
  Size parked = {.signals = parked_.signals + 1, .bytes = parked_.bytes + bytes};
  const std::uint64_t dropped = drop_oldest_parked(file, parked);
  change.commit();
  size_ = {.signals = size_.signals - 1, .bytes = size_.bytes - bytes};
  parked_ = parked;
  return dropped;
}

/// Removes the oldest parked signals until the others have room.
std::uint64_t Spool::drop_oldest_parked(SpoolFile& file, Size& parked) {
  std::uint64_t dropped = 0;
  for (; parked.bytes > max_parked_bytes_ && file.parked_sizes.bind().step(); ++dropped) {
    const std::int64_t oldest = file.parked_sizes.integer(0);
    const auto bytes = static_cast<std::uint64_t>(file.parked_sizes.integer(1));
    file.parked_sizes.reset();
    file.remove_parked.bind(oldest).step();
    parked = {.signals = parked.signals - 1, .bytes = parked.bytes - bytes};
  }
  return dropped;
}

std::optional<Spooled> Spool::parked_signal(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  if (!file.parked_signal.bind(number).step()) return std::nullopt;
  Spooled signal = signal_in(file.parked_signal);
  file.parked_signal.reset();
  return signal;
}

void Spool::remove_parked(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  SpoolChange change(file);
  if (!file.parked_signal.bind(number).step()) return;
  const auto bytes = static_cast<std::uint64_t>(file.parked_signal.blob(2).size());
  file.parked_signal.reset();
  file.remove_parked.bind(number).step();
  change.commit();
  parked_ = {.signals = parked_.signals - 1, .bytes = parked_.bytes - bytes};
}

void Spool::unpark() {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  SpoolChange change(file);
  file.database.run("INSERT INTO signals SELECT number, id, event FROM parked; DELETE FROM parked");
  change.commit();
  size_ = {.signals = size_.signals + parked_.signals, .bytes = size_.bytes + parked_.bytes};
  parked_ = {};
}

std::uint64_t Spool::drop_parked() {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  SpoolChange change(file);
  file.database.run("DELETE FROM parked");
  change.commit();
  return std::exchange(parked_, {}).signals;
}

Spool::Size Spool::parked() const {
  const std::lock_guard lock(mutex_);
  return parked_;
}

std::deque<std::int64_t> Spool::parked_numbers() {
  const std::lock_guard lock(mutex_);
  SpoolFile& file = this->file();
  std::deque<std::int64_t> numbers;
  for (file.parked_sizes.bind(); file.parked_sizes.step();) numbers.push_back(file.parked_sizes.integer(0));
  return numbers;
}

}  // namespace suzaku::sinks
