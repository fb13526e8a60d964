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

/// One run of a command: what it prints, and the one way in which it ends.
class Run {
 public:
  explicit Run(bool quiet);

  MainLoop& loop() noexcept { return loop_; }
  /// What stays out of note() and fail().
  const std::shared_ptr<config::Secrets>& secrets() const noexcept { return secrets_; }

  /// A line for standard output. When nobody reads it any more the run ends, quietly.
  void print(const std::string& line);
  /// For terminals: it stands behind whatever is printed. prompt() shows it anew.
  void set_prompt(std::string prompt) { prompt_ = std::move(prompt); }
  void prompt();
  /// A line for the person who watches, on standard error; not when told to be quiet.
  void note(std::string_view text);

  /// Both end the run; whichever comes first counts, and what comes later does nothing. fail() says what went wrong.
  void fail(const Failure& failure);
  void finish();
  bool is_ending() const noexcept { return is_ending_; }
  /// What comes before the end: it closes things in good order, then calls what it is given.
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
