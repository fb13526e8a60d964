#include "sinks/file_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace suzaku::sinks {
namespace {

[[noreturn]] void fail(std::string_view what, const std::string& path, int error = errno) {
  throw std::runtime_error(fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(error)));
}

/// How much of it was written, and why no more.
std::pair<std::size_t, int> write_all(int file, std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto written = ::write(file, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return {done, errno};
    done += static_cast<std::size_t>(written);
  }
  return {done, 0};
}

}  // namespace

void FileSink::take(std::span<const signals::SignalPtr> batch) {
  if (!file_ || !is_ours()) open();
  std::string lines;
  for (const auto& signal : batch) {
    const std::size_t before = lines.size();
    signals::append_json_text(lines, *signal);
    lines += '\n';
    const bool is_full = options_.max_size != 0 && size_ + before > 0 && size_ + lines.size() > options_.max_size;
    if (!is_full) continue;
    append(std::string_view(lines).substr(0, before));
    rotate();
    lines.erase(0, before);
  }
  append(lines);
}

void FileSink::open() {
  file_ = Descriptor(::open(options_.path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
  if (!file_) fail("open", options_.path);
  struct stat found{};
  if (::fstat(file_.get(), &found) != 0) fail("open", options_.path);
  size_ = S_ISREG(found.st_mode) ? static_cast<std::uint64_t>(found.st_size) : 0;
  end_last_line();
}

/// Whether the path still leads to the file that is open. Others may also have made it shorter, or written to it.
bool FileSink::is_ours() const {
  struct stat open{};
  struct stat found{};
  if (::fstat(file_.get(), &open) != 0 || ::stat(options_.path.c_str(), &found) != 0) return false;
  const bool has_our_size = !S_ISREG(open.st_mode) || static_cast<std::uint64_t>(open.st_size) == size_;
  return open.st_dev == found.st_dev && open.st_ino == found.st_ino && has_our_size;
}

void FileSink::rotate() {
  const auto name = [&](std::size_t i) { return i == 0 ? options_.path : fmt::format("{}.{}", options_.path, i); };
  if (options_.keep == 0 && ::unlink(options_.path.c_str()) != 0) fail("remove", options_.path);
  for (std::size_t i = options_.keep; i > 0; --i)
    if (::rename(name(i - 1).c_str(), name(i).c_str()) != 0 && errno != ENOENT) fail("rename", name(i - 1));
  ++rotations_;
  open();
}

void FileSink::append(std::string_view lines) {
  const auto [done, error] = write_all(file_.get(), lines);
  const std::string_view whole = lines.substr(0, lines.substr(0, done).rfind('\n') + 1);
  written_ += static_cast<std::uint64_t>(std::count(whole.begin(), whole.end(), '\n'));
  size_ += whole.size();
  if (error == 0) return;
  // Without its part of a line; if even that fails, open() sees to it.
  [[maybe_unused]] const int cut = ::ftruncate(file_.get(), static_cast<off_t>(size_));
  file_ = {};
  fail("write to", options_.path, error);
}

/// After a machine or a writer that stopped within a line.
void FileSink::end_last_line() {
  char last = '\n';
  if (size_ == 0 || ::pread(file_.get(), &last, 1, static_cast<off_t>(size_ - 1)) != 1 || last == '\n') return;
  if (const auto [done, error] = write_all(file_.get(), "\n"); error != 0) {
    file_ = {};
    fail("write to", options_.path, error);
  }
  ++size_;
}

}  // namespace suzaku::sinks
