#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "config/secrets.hpp"
#include "failure.hpp"
#include "main_loop.hpp"
#include "output.hpp"

namespace suzaku::program {

/// One run of a command: its output, and its end, which comes once.
class Run {
 public:
  explicit Run(bool quiet);

  MainLoop& loop() noexcept { return loop_; }
  /// Values that note() and fail() do not show.
  const std::shared_ptr<config::Secrets>& secrets() const noexcept { return secrets_; }

  /// A line for standard output. When its reader has gone, the run ends without a failure.
  void print(const std::string& line);
  /// For terminals: it is shown after each line of output, and by prompt().
  void set_prompt(std::string prompt) { prompt_ = std::move(prompt); }
  void prompt();
  /// A line on standard error for the user, unless --quiet is given.
  void note(std::string_view text);

  /// Both end the run. Only the first call counts. fail() prints the failure.
  void fail(const Failure& failure);
  void finish();
  bool is_ending() const noexcept { return is_ending_; }
  /// Called at the end of the run, to close connections. It calls `done` when that is done.
  void before_end(std::function<void(std::function<void()> done)> close) { close_ = std::move(close); }

  /// Until the end; returns the exit code.
  int go();

 private:
  void write(const std::string& text);
  void end(int code);
  void watch_reader();

  MainLoop loop_;
  const std::shared_ptr<config::Secrets> secrets_ = std::make_shared<config::Secrets>();
  Output output_;
  boost::asio::posix::stream_descriptor reader_;
  const bool quiet_;
  bool is_ending_ = false;
  int code_ = 0;
  std::string prompt_;
  std::function<void(std::function<void()> done)> close_;
};

}  // namespace suzaku::program
