#include "base/log_output.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/socket.h>
#include <unistd.h>

namespace suzaku::log {
namespace {

struct Ends {
  Descriptor reader, writer;
};

Ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Ends make_sockets() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) throw std::runtime_error("no socketpair");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Ends make_terminal() {
  int reader = -1, writer = -1;
  if (::openpty(&reader, &writer, nullptr, nullptr, nullptr) != 0) throw std::runtime_error("openpty failed");
  return {Descriptor(reader), Descriptor(writer)};
}

std::string line_of(std::size_t number) {
  return "line " + std::to_string(number) + std::string(500, '.') + '\n';
}

/// Writes lines until one is lost; how many were written.
std::size_t fill(LogOutput& output) {
  for (std::size_t count = 0;; ++count) {
    if (const int error = output.write(line_of(count)); error != 0) {
      EXPECT_EQ(error, EAGAIN);
      return count;
    }
  }
}

/// All that can be read at once.
std::string read_all(const Descriptor& reader) {
  ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);
  std::string text;
  std::array<char, 4096> bytes{};
  for (ssize_t size = 0; (size = ::read(reader.get(), bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(size));
  std::erase(text, '\r');  // a terminal's
  return text;
}

/// What is not read is lost in whole lines, and when it has been read, lines come through again.
void expect_to_lose_whole_lines(const Ends& ends) {
  LogOutput output(ends.writer.get());
  const std::size_t written = fill(output);
  EXPECT_GT(written, 2u);
  EXPECT_EQ(output.write(line_of(written)), EAGAIN);
  std::string text = read_all(ends.reader);
  EXPECT_EQ(output.write("seen\n"), 0);
  text += read_all(ends.reader);
  std::string expected;
  for (std::size_t i = 0; i < written; ++i) expected += line_of(i);
  EXPECT_EQ(text, expected + "seen\n");
}

TEST(LogOutput, a_pipe_that_is_not_read_blocks_nobody) {
  expect_to_lose_whole_lines(make_pipe());
}

TEST(LogOutput, a_socket_that_is_not_read_blocks_nobody) {
  expect_to_lose_whole_lines(make_sockets());
}

TEST(LogOutput, a_terminal_that_is_not_read_blocks_nobody) {
  expect_to_lose_whole_lines(make_terminal());
}

TEST(LogOutput, leaves_the_descriptor_that_others_share_as_it_is) {
  const Ends ends = make_pipe();
  LogOutput output(ends.writer.get());
  EXPECT_EQ(output.write("line\n"), 0);
  EXPECT_EQ(::fcntl(ends.writer.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(LogOutput, a_reader_that_is_gone_raises_no_signal) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);  // which ends the process
  Ends ends = make_pipe();
  LogOutput output(ends.writer.get());
  EXPECT_EQ(output.write("line\n"), 0);
  ends.reader = Descriptor();
  EXPECT_EQ(output.write("line\n"), EPIPE);
  EXPECT_EQ(output.write("line\n"), EPIPE);
  std::signal(SIGPIPE, before);
}

TEST(LogOutput, a_pipe_that_cannot_be_opened_again_blocks_nobody) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  Ends ends = make_pipe();
  LogOutput output(ends.writer.get());
  ends.reader = Descriptor();  // without a reader it cannot
  EXPECT_EQ(output.write("line\n"), EPIPE);
  const std::string path = "/proc/self/fd/" + std::to_string(ends.writer.get());
  ends.reader = Descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_GT(fill(output), 2u);
  read_all(ends.reader);
  EXPECT_EQ(output.write("seen\n"), 0);
  EXPECT_EQ(read_all(ends.reader), "seen\n");
  std::signal(SIGPIPE, before);
}

TEST(LogOutput, follows_what_is_put_under_the_descriptor) {
  const Ends first = make_pipe();
  const Ends second = make_pipe();
  const Descriptor descriptor(::dup(first.writer.get()));
  LogOutput output(descriptor.get());
  EXPECT_EQ(output.write("one\n"), 0);
  ::dup2(second.writer.get(), descriptor.get());
  EXPECT_EQ(output.write("two\n"), 0);
  EXPECT_EQ(read_all(first.reader), "one\n");
  EXPECT_EQ(read_all(second.reader), "two\n");
}

TEST(LogOutput, says_why_nothing_can_be_written) {
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(LogOutput(full.get()).write("line\n"), ENOSPC);
  EXPECT_EQ(LogOutput(-1).write("line\n"), EBADF);
}

}  // namespace
}  // namespace suzaku::log
