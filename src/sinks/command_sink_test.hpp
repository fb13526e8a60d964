#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "sinks/command_sink.hpp"
#include "sinks/sinks_test.hpp"

namespace suzaku::sinks {
using namespace std::chrono_literals;
using signals::Restart;

constexpr auto kLong = 1h;  // a period that does not end within a test

using Batch = std::vector<signals::SignalPtr>;

/// Signals with these numbers as ids, and data of `size` bytes.
inline Batch batch(int first, int count, std::size_t size = 0) {
  Batch batch;
  for (int i = first; i < first + count; ++i) {
    signals::Signal signal;
    signal.id = std::to_string(i);
    signal.source = "/test";
    signal.type = "a";
    signal.data = Payload{{"text", std::string(size, 'x')}};
    batch.push_back(std::make_shared<const signals::Signal>(std::move(signal)));
  }
  return batch;
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// False for a zombie.
inline bool is_running(pid_t pid) {
  std::string stat;
  std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), stat);  // empty when it has ended
  return !stat.empty() && stat.find(") Z ") == stat.npos;
}

inline std::size_t count_of(std::string_view what) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/" + std::string(what)), {}));
}

class CommandSinkTest : public testing::Test {
 protected:
  CommandSinkTest() {
    std::string name = (std::filesystem::temp_directory_path() / "suzaku_command_XXXXXX").string();
    folder = ::mkdtemp(name.data());
    testing::internal::CaptureStderr();
  }
  ~CommandSinkTest() override {
    testing::internal::GetCapturedStderr();
    std::filesystem::remove_all(folder);
  }

  /// A script that runs in the folder. It has enough time to end.
  CommandOptions script(std::string text, signals::RestartOptions restart = {.restart = Restart::temporary}) const {
    return {
        .command = {"sh", "-c", std::move(text)}, .directory = folder.string(), .restart = restart, .grace = kPatience};
  }
  /// A script that does not end by itself.
  CommandOptions endless(std::string text, std::chrono::milliseconds grace = 10ms) const {
    CommandOptions options = script(std::move(text));
    options.grace = grace;
    return options;
  }
  void start(const CommandOptions& options) { sink = std::make_unique<CommandSink>("mirror", options, connections); }
  std::int64_t status(std::string_view name) const { return sink->status().at(name).to_number<std::int64_t>(); }
  pid_t pid() const { return static_cast<pid_t>(status("pid")); }
  /// Waits until take() throws. Returns the message.
  std::string refusal() {
    std::string why;
    await([&] {
      try {
        sink->take(batch(1, 1));
        return false;
      } catch (const std::runtime_error& thrown) {
        why = thrown.what();
        return true;
      }
    });
    return why;
  }
  /// Ends the sink. Returns the log.
  std::string log() {
    sink.reset();
    std::string text = testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
    return text;
  }

  signals::SignalBus bus;
  bridge::ConnectionSupervisor connections{bus};
  std::filesystem::path folder;
  std::unique_ptr<CommandSink> sink;
};

#define EXPECT_HAS(text, part) EXPECT_PRED2(has, text, part)
inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

}  // namespace suzaku::sinks
