#include "sinks/spool_rewrite.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/descriptor.hpp"
#include "base/log.hpp"

namespace suzaku::sinks {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kAll = -1;  // for LIMIT

/// False at the end, and when the row cannot be read.
bool next(sqlite::Statement& rows, bool& is_damaged) {
  try {
    return rows.step();
  } catch (const std::runtime_error&) {  // its reason is the change that is reported by the caller
    is_damaged = true;
    return false;
  }
}

/// Copies the rows of a table, and returns their number. `newest` gives those behind a row that cannot be read.
std::uint64_t copy(sqlite::Statement& oldest, sqlite::Statement& newest, sqlite::Statement& insert) {
  std::uint64_t copied = 0;
  const auto put = [&](const sqlite::Statement& row) {
    const std::string_view event = sqlite::as_text(row.blob(2));
    if (event.find('\0') != event.npos) return;  // SQLite reads zeros behind the end of a shortened file
    insert.bind(row.integer(0), row.blob(1), row.blob(2)).step();
    ++copied;
  };
  bool is_damaged = false;
  std::int64_t last = 0;
  for (oldest.bind(kAll); next(oldest, is_damaged); last = oldest.integer(0)) put(oldest);
  oldest.reset();
  if (is_damaged)
    for (newest.bind(kAll); next(newest, is_damaged) && newest.integer(0) > last;) put(newest);
  newest.reset();
  return copied;
}

Rewritten write_copy(SpoolFile& old, const std::string& path, std::int64_t last_number) {
  fs::remove(path);
  fs::remove(path + "-journal");
  const sqlite::FileLock lock(path, kSpoolKind);
  sqlite::Database database = open_spool_database(path);
  sqlite::Statement signals(database, "INSERT INTO signals (number, id, event) VALUES (?, ?, ?)");
  sqlite::Statement parked(database, "INSERT INTO parked (number, id, event) VALUES (?, ?, ?)");
  sqlite::Transaction transaction(database);
  const Rewritten done{.signals = copy(old.oldest, old.newest, signals),
                       .parked = copy(old.oldest_parked, old.newest_parked, parked)};
  database.run("DELETE FROM sqlite_sequence");
  sqlite::Statement(database, "INSERT INTO sqlite_sequence (name, seq) VALUES ('signals', ?)").bind(last_number).step();
  transaction.commit();
  return done;
}

/// Renames the files that another program has put in place of the spool and of what SQLite keeps beside it. Returns
/// the new name, or "" when there were none.
std::string move_others_aside(const SpoolWatch& watch, const std::string& path) {
  constexpr std::array<std::string_view, 3> kEndings = {"", "-wal", "-journal"};
  const auto exists = [](const std::string& file) { return fs::exists(fs::symlink_status(file)); };
  std::string aside = path + ".replaced";
  for (int i = 1; exists(aside) || exists(aside + "-wal") || exists(aside + "-journal"); ++i)
    aside = fmt::format("{}.replaced.{}", path, i);
  bool is_moved = false;
  for (const std::string_view ending : kEndings) {
    const std::string file = fmt::format("{}{}", path, ending);
    if (!exists(file) || watch.is_ours(file)) continue;
    fs::rename(file, fmt::format("{}{}", aside, ending));
    is_moved = true;
  }
  return is_moved ? aside : "";
}

/// So that the names in a folder survive a loss of power.
void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor || ::fsync(descriptor.get()) != 0)
    log::warning("cannot write the folder {} to the disk: {}", folder.string(), std::generic_category().message(errno));
}

}  // namespace

Rewritten rewrite_spool(SpoolFile& old, const std::string& path, std::int64_t last_number) {
  const std::string target = fs::weakly_canonical(path).string();
  if (!old.watch.is_ours(target)) sqlite::FileLock::require_free(target, kSpoolKind);
  const std::string copy = target + ".new";
  try {
    Rewritten done = write_copy(old, copy, last_number);
    done.moved_to = move_others_aside(old.watch, target);
    fs::remove(target + "-wal");  // SQLite would take it for the log of the new file
    fs::rename(copy, target);
    sync_folder(fs::path(target).parent_path());
    return done;
  } catch (...) {
    std::error_code ignored;  // the reason of the failure is thrown
    fs::remove(copy, ignored);
    throw;
  }
}

}  // namespace suzaku::sinks
