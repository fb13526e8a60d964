#pragma once

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include <suzaku/client/options.hpp>

#include "cli/failure.hpp"

/// What --record writes and `suzaku replay` reads: a line of JSON for each frame,
/// {"time": SECONDS_SINCE_1970, "direction": "sent" or "received", "frame": JSON}, binary ones with
/// {"binary": BASE64} as frame, and {"time", "step": "connecting", "opened" or "closed", "text"} in between. Secrets
/// are replaced by "[redacted]", but binary frames are as they were.
namespace suzaku::program {

class Recorder {
 public:
  /// Creates the file, or empties it. Only its owner may read it.
  static OrFailure<Recorder> open(const std::string& file);

  void write(const client::WireEvent& event);
  /// Fails when not all could be written.
  OrFailure<void> close();

 private:
  Recorder(std::string file, int descriptor);

  std::string file_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream_;
  int error_ = 0;  // the first one
};

struct RecordedFrame {
  double time = 0;  // seconds
  bool is_sent = false;
  bool is_binary = false;
  std::string bytes;
};

class RecordReader {
 public:
  explicit RecordReader(std::string file) : file_(std::move(file)), lines_(file_) {}

  /// The next frame, or nothing at the end. Fails for a line that is no line of a recording, or that is cut.
  OrFailure<std::optional<RecordedFrame>> next();

 private:
  std::string file_;
  std::ifstream lines_;
  std::size_t line_ = 0;
};

}  // namespace suzaku::program
