#include "run.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "exit_codes.hpp"

namespace suzaku::program {
namespace {

constexpr const char* kClearLine = "\r\x1b[K";

}  // namespace

Run::Run(bool quiet) : output_(loop_.signal_descriptor()), reader_(loop_.io()), quiet_(quiet) {
  loop_.on_signal([this] { finish(); });
  watch_reader();
}

/// Notices that the other end of the pipe is closed, even while there is nothing to write.
void Run::watch_reader() {
  const int copy = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  boost::system::error_code error;
  if (copy < 0 || reader_.assign(copy, error)) return;
  reader_.async_wait(boost::asio::posix::stream_descriptor::wait_error, [this](boost::system::error_code failed) {
    if (!failed) finish();  // it fails at once for files
  });
}

void Run::print(const std::string& line) {
  write((prompt_.empty() ? "" : kClearLine) + line + '\n' + prompt_);
}

void Run::prompt() {
  if (!prompt_.empty()) write(prompt_);
}

void Run::write(const std::string& text) {
  switch (output_.write(text)) {
    case Output::Written::yes:
      break;
    case Output::Written::reader_is_gone:
      finish();
      break;
    case Output::Written::interrupted:
      loop_.stop();
      break;
    case Output::Written::failed:
      fail({kFailed, std::string("cannot write to standard output: ") + std::strerror(errno)});
      break;
  }
}

void Run::note(std::string_view text) {
  if (quiet_) return;
  if (!prompt_.empty()) write(kClearLine);
  print_note(secrets_->hide(text));
  prompt();
}

void Run::fail(const Failure& failure) {
  if (is_ending_) return;
  end(report({failure.code, secrets_->hide(failure.message)}));
}

void Run::finish() {
  if (!is_ending_) end(kDone);
}

void Run::end(int code) {
  is_ending_ = true;
  code_ = code;
  if (close_) {
    close_([this] { loop_.stop(); });
  } else {
    loop_.stop();
  }
}

int Run::go() {
  loop_.run();
  return code_;
}

}  // namespace suzaku::program
