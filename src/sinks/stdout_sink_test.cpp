#include "sinks/stdout_sink.hpp"

#include <array>
#include <csignal>
#include <future>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sinks/json_lines.hpp"
#include "sinks/sinks_test.hpp"

namespace suzaku::sinks {
namespace {

using namespace std::chrono_literals;

struct Pipe {
  Pipe() {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }
  /// Reads until this size is reached, or all writers have closed the pipe.
  std::string read(std::size_t size) const {
    std::string text;
    std::array<char, 4096> buffer;
    while (text.size() < size) {
      const auto got = ::read(out.get(), buffer.data(), std::min(buffer.size(), size - text.size()));
      if (got <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  Descriptor out;
  Descriptor in;
};

/// Larger than any pipe.
const Payload kLarge = Payload::from_text('"' + std::string(3'000'000, 'x') + '"');

TEST(StdoutSink, writes_a_line_for_each_signal) {
  const Pipe pipe;
  LineOutput output(pipe.in.get());
  StdoutSink sink(output);
  const auto batch = signals_of(1, 3);
  sink.take(batch);
  const std::string expected = json_lines(batch);
  EXPECT_EQ(pipe.read(expected.size()), expected);
  EXPECT_EQ(sink.status(), (JsonObject{{"written", 3}, {"waiting", 0}}));
}

TEST(StdoutSink, lines_of_several_sinks_do_not_mix) {
  const Pipe pipe;
  LineOutput output(pipe.in.get());
  const Payload data = Payload::from_text('"' + std::string(10'000, 'x') + '"');
  const auto write = [&](const char* id) {
    StdoutSink sink(output);
    for (int i = 0; i < 100; ++i) sink.take(std::array{signal_of(id, data), signal_of(id, data)});
  };
  const std::size_t line = line_size(data);
  auto text = std::async(std::launch::async, [&] { return pipe.read(400 * line); });
  {
    const std::jthread a(write, "a");
    const std::jthread b(write, "b");
  }
  std::istringstream lines(text.get());
  int count = 0;
  for (std::string text; std::getline(lines, text); ++count) {
    ASSERT_EQ(text.size() + 1, line);
    EXPECT_TRUE(signals::parse_signal(text).has_value());
  }
  EXPECT_EQ(count, 400);
}

TEST(StdoutSink, waits_for_a_slow_reader_until_it_is_stopped) {
  const Pipe pipe;
  LineOutput output(pipe.in.get());
  StdoutSink sink(output);
  StdoutSink other(output);
  const auto take = [](StdoutSink& sink) { sink.take(std::array{signal_of("1", kLarge)}); };
  auto waiting = std::async(std::launch::async, take, std::ref(sink));
  EXPECT_EQ(pipe.read(100'000).size(), 100'000U);  // the sink has its turn
  auto waiting_for_its_turn = std::async(std::launch::async, take, std::ref(other));
  other.stop();
  EXPECT_EQ(waiting_for_its_turn.wait_for(30s), std::future_status::ready);
  EXPECT_EQ(sink.status().at("waiting"), 1);
  sink.stop();
  EXPECT_EQ(waiting.wait_for(30s), std::future_status::ready);
  EXPECT_EQ(sink.status(), (JsonObject{{"written", 0}, {"waiting", 0}}));
}

TEST(StdoutSink, completes_the_line_of_a_sink_that_was_stopped) {
  const Pipe pipe;
  LineOutput output(pipe.in.get());
  StdoutSink stopped(output);
  auto waiting =
      std::async(std::launch::async, [&] { stopped.take(std::array{signal_of("1", kLarge), signal_of("2")}); });
  const std::string begin = pipe.read(100'000);
  stopped.stop();
  waiting.get();

  const std::string expected = json_lines(std::array{signal_of("1", kLarge), signal_of("3")});
  auto rest = std::async(std::launch::async, [&] { return pipe.read(expected.size() - begin.size()); });
  StdoutSink(output).take(std::array{signal_of("3")});
  EXPECT_TRUE(begin + rest.get() == expected);
}

TEST(StdoutSink, a_closed_pipe_is_an_error) {
  Pipe pipe;
  LineOutput output(pipe.in.get());
  StdoutSink sink(output);
  pipe.out = {};
  EXPECT_THROW(sink.take(signals_of(1, 1)), std::runtime_error);
  EXPECT_EQ(sink.status(), (JsonObject{{"written", 0}, {"waiting", 0}}));
}

}  // namespace
}  // namespace suzaku::sinks
