#include "sinks/file_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sinks/json_lines.hpp"

namespace suzaku::sinks {
namespace {

[[noreturn]] void fail(std::string_view what, const std::string& path, std::string_view why) {
  throw std::runtime_error(fmt::format("cannot {} {}: {}", what, path, why));
}
[[noreturn]] void fail(std::string_view what, const std::string& path, int error = errno) {
  fail(what, path, std::generic_category().message(error));
}

/// The number of bytes that were written, and the error, or 0.
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
  const Held::Batch held(held_, batch.size());
  const std::string lines = json_lines(batch);
  std::string_view rest = lines;
  retry_.until_done([&] { write(rest); });
}

JsonObject FileSink::status() const {
  JsonObject status{{"written", written_.load()}, {"waiting", held_.get()}, {"rotations", rotations_.load()}};
  failures_.add_to(status);
  return status;
}

/// Afterwards `rest` is the part that was not written, also when this throws.
void FileSink::write(std::string_view& rest) {
  if (!file_ || !is_ours()) open();
  while (!rest.empty()) {
    if (const std::size_t size = room_for(rest)) {
      append(rest, size);
    } else {
      rotate();
    }
  }
}

/// The number of bytes of the lines that fit into the file, in whole lines. An empty file has room for any line.
std::size_t FileSink::room_for(std::string_view lines) const {
  if (options_.max_size == 0 || is_device_ || size_ + lines.size() <= options_.max_size) return lines.size();
  if (size_ > options_.max_size) return 0;
  const std::size_t whole = lines.substr(0, options_.max_size - size_).rfind('\n') + 1;
  return whole == 0 && size_ == 0 ? lines.find('\n') + 1 : whole;
}

void FileSink::open() {
  file_ = {};
  // O_NONBLOCK: stop() could not end an open() that blocks, such as that of a pipe without a reader.
  constexpr int kHow = O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  Descriptor file(::open(options_.path.c_str(), kHow, 0640));
  if (!file) fail("open", options_.path);
  struct stat found{};
  if (::fstat(file.get(), &found) != 0) fail("open", options_.path);
  is_device_ = S_ISCHR(found.st_mode);
  if (!S_ISREG(found.st_mode) && !is_device_) fail("open", options_.path, "this is no file");
  file_ = std::move(file);
  size_ = is_device_ ? 0 : static_cast<std::uint64_t>(found.st_size);
  end_last_line();
}

/// Whether the path still leads to the file that is open, and no other program has changed its size.
bool FileSink::is_ours() const {
  struct stat open{};
  struct stat found{};
  if (::fstat(file_.get(), &open) != 0 || ::stat(options_.path.c_str(), &found) != 0) return false;
  const bool has_our_size = is_device_ || static_cast<std::uint64_t>(open.st_size) == size_;
  return open.st_dev == found.st_dev && open.st_ino == found.st_ino && has_our_size;
}

void FileSink::rotate() {
  const auto name = [&](std::size_t i) { return i == 0 ? options_.path : fmt::format("{}.{}", options_.path, i); };
  if (options_.keep == 0 && ::unlink(options_.path.c_str()) != 0 && errno != ENOENT) fail("remove", options_.path);
  // Renames up to the first gap, so that a repeated rotation does not remove old files.
  std::size_t last = std::min<std::size_t>(options_.keep, 1);
  while (last < options_.keep && ::access(name(last).c_str(), F_OK) == 0) ++last;
  for (std::size_t i = last; i > 0; --i)
    if (::rename(name(i - 1).c_str(), name(i).c_str()) != 0 && errno != ENOENT) fail("rename", name(i - 1));
  ++rotations_;
  open();
}

/// Writes the first bytes of `rest`, which are whole lines.
void FileSink::append(std::string_view& rest, std::size_t size) {
  const auto [done, error] = write_all(file_.get(), rest.substr(0, size));
  const std::string_view whole = rest.substr(0, rest.substr(0, done).rfind('\n') + 1);
  const auto lines = static_cast<std::size_t>(std::count(whole.begin(), whole.end(), '\n'));
  written_ += lines;
  held_.pass_on(lines);
  size_ += whole.size();
  rest.remove_prefix(whole.size());
  if (error == 0) return;
  // Removes the incomplete line. If that fails open() ends the line.
  [[maybe_unused]] const int cut = ::ftruncate(file_.get(), static_cast<off_t>(size_));
  file_ = {};
  fail("write to", options_.path, error);
}

/// Ends an incomplete last line, which a crash may have left.
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
