#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/json.hpp>

#include "child.hpp"

namespace suzaku::test {

/// A folder that is gone at the end of the scope.
class Folder {
 public:
  Folder();
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path() const { return path_.string(); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  /// A certificate of its own making for localhost, cert.pem with key.pem.
  void make_certificate() const;

 private:
  std::filesystem::path path_;
};

struct Ended {
  int code;
  std::string output, errors;
};

/// Runs the program to its end, with this on its standard input.
Ended run(const std::vector<std::string>& arguments, const std::string& input = {}, const ChildOptions& options = {});

/// The server of the golden transcripts (tests/conformance), listening.
class PhoenixServer {
 public:
  explicit PhoenixServer(std::uint16_t port = 0)
      : child_({"--port", std::to_string(port)}, {.program = SUZAKU_CONFORMANCE_SERVER}), port_(child_.port()) {}

  Child& child() { return child_; }
  std::uint16_t port() const { return port_; }
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/socket"; }
  /// As a crash would.
  void kill() {
    child_.signal(SIGKILL);
    child_.exit_code();
  }

 private:
  Child child_;
  std::uint16_t port_;
};

/// The JSON in each line.
std::vector<Json> json_lines(const std::string& text);
std::size_t count_of(const std::string& part, const std::string& text);

/// It has ended with this code, and said one line on standard error, with these words in it.
void expect_failure(const Ended& ended, int code, const std::vector<std::string>& words);

/// It has ended with this code, this line alone on standard error, and nothing on standard output.
void expect_complaint(const Ended& ended, int code, const std::string& message);

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)
#define EXPECT_LACKS(text, part) EXPECT_EQ((text).find(part), std::string::npos) << (text)

}  // namespace suzaku::test
