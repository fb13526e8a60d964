// Signals while a disk is full or a folder is missing.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <sstream>
#include <string>

#include <suzaku/signals/coordinator.hpp>

#include "sinks/file_sink.hpp"
#include "sinks/json_lines.hpp"
#include "sinks/webhook_sink_test.hpp"
#include "support/disk_limit.hpp"

namespace suzaku::sinks {
namespace {

/// Calls take() on another thread, as an agent does.
class Taking {
 public:
  Taking(Sink& sink, std::vector<signals::SignalPtr> batch)
      : sink_(sink), taken_(std::async(std::launch::async, [&sink, batch = std::move(batch)] { sink.take(batch); })) {}
  ~Taking() { sink_.stop(); }
  Taking(const Taking&) = delete;
  Taking& operator=(const Taking&) = delete;

  bool is_over() const { return taken_.wait_for(0s) == std::future_status::ready; }
  void finish() {
    if (taken_.wait_for(kPatience) != std::future_status::ready) throw std::runtime_error("the sink still waits");
    taken_.get();
  }

 private:
  Sink& sink_;
  std::future<void> taken_;
};

class FullDiskTest : public WebhookSinkTest {
 protected:
  std::string path_ = folder_.file("signals.ndjson");
};

// --- files ---

TEST_F(FullDiskTest, file_waits_for_its_folder) {
  const std::string path = folder_.file("later/signals.ndjson");
  const std::string why = "cannot open " + path + ": No such file or directory";
  testing::internal::CaptureStderr();
  {
    FileSink sink("log", {.path = path});
    Taking taking(sink, signals_of(1, 2));
    await_failures(sink, 2);
    EXPECT_EQ(sink.status().at("last_failure"), Json(why));
    std::filesystem::create_directory(folder_.file("later"));
    taking.finish();
    EXPECT_EQ(sink.status().at("written"), 2);
  }
  EXPECT_EQ(contents(path), json_lines(signals_of(1, 2)));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find(why + "; it will be tried again"), log.npos) << log;
  EXPECT_NE(log.find("agent log: " + path + ": it works again; attempts that failed: "), log.npos) << log;
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
}

TEST_F(FullDiskTest, stop_ends_the_wait_for_a_file) {
  FileSink sink("log", {.path = "/dev/full"});
  Taking taking(sink, signals_of(1, 1));
  await_failures(sink, 1);
  EXPECT_FALSE(taking.is_over());
  sink.stop();
  taking.finish();
  EXPECT_EQ(sink.status().at("last_failure"), "cannot write to /dev/full: No space left on device");
  EXPECT_EQ(sink.status().at("written"), 0);
  sink.take(signals_of(2, 1));
}

TEST_F(FullDiskTest, lines_that_were_written_are_not_written_again) {
  FileSink sink("log", {.path = path_});
  std::optional<test::DiskLimit> limit(std::in_place, 2 * line_size() + 10);
  Taking taking(sink, signals_of(1, 4));
  await_failures(sink, 2);
  EXPECT_EQ(sink.status().at("written"), 2);
  EXPECT_EQ(sink.status().at("waiting"), 2);
  EXPECT_EQ(contents(path_), json_lines(signals_of(1, 2)));
  limit.reset();
  taking.finish();
  EXPECT_EQ(sink.status().at("waiting"), 0);
  EXPECT_EQ(sink.status().at("written"), 4);
  EXPECT_EQ(contents(path_), json_lines(signals_of(1, 4)));
}

TEST_F(FullDiskTest, rotation_is_tried_again) {
  FileSink sink("log", {.path = path_, .max_size = 2 * line_size(), .keep = 1});
  std::filesystem::create_directory(path_ + ".1");
  Taking taking(sink, signals_of(1, 3));
  await_failures(sink, 2);
  EXPECT_EQ(contents(path_), json_lines(signals_of(1, 2)));
  std::filesystem::remove(path_ + ".1");
  taking.finish();
  EXPECT_EQ(contents(path_ + ".1"), json_lines(signals_of(1, 2)));
  EXPECT_EQ(contents(path_), json_lines(signals_of(3, 1)));
  EXPECT_EQ(sink.status().at("rotations"), 1);
}

// --- agents ---

TEST_F(FullDiskTest, agent_that_waits_for_a_folder_loses_nothing) {
  const std::string path = folder_.file("later/signals.ndjson");
  signals::SignalBus bus;
  signals::Coordinator agents(bus);
  FileSink sink("log", {.path = path});
  ASSERT_TRUE(agents.add({.name = "file",
                          .patterns = {"suzaku.**"},
                          .start = [&sink]() -> signals::BatchHandler {
                            return [&sink](std::span<const signals::SignalPtr> batch) { sink.take(batch); };
                          },
                          .has_own_thread = true}));
  for (const auto& signal : signals_of(1, 500)) bus.dispatch(signal);
  await_failures(sink, 2);
  EXPECT_TRUE(agents.agents().at(0).is_running);
  std::filesystem::create_directory(folder_.file("later"));
  EXPECT_TRUE(agents.wait_until_idle(kPatience));
  sink.stop();
  EXPECT_TRUE(contents(path) == json_lines(signals_of(1, 500)));
  const auto agent = agents.agents().at(0);
  EXPECT_TRUE(agent.is_running);
  EXPECT_EQ(agent.handled, 500U);
  EXPECT_EQ(agent.failures, 0U);
}

// --- spools ---

TEST_F(FullDiskTest, webhook_waits_for_room_for_its_spool) {
  {
    WebhookSink sink("hook", patient_options(kNobody));
    sink.take(signals_of(1, 1));
    await_failures(sink, 1);  // a failed delivery, which is not tried again
    std::optional<test::DiskLimit> limit(std::in_place, 1);
    Taking taking(sink, signals_of(2, 2));
    await_failures(sink, 3);
    EXPECT_FALSE(taking.is_over());
    EXPECT_EQ(std::string(sink.status().at("last_failure").as_string()).find(folder_.file("spool")), 0U);
    EXPECT_EQ(sink.status().at("waiting"), 3);  // on disk, and in take()
    limit.reset();
    taking.finish();
    EXPECT_EQ(sink.status().at("waiting"), 3);
  }
  HttpReceiver receiver;
  const WebhookSink sink("hook", options(receiver.url()));
  EXPECT_EQ(ids(receiver, 3), (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(FullDiskTest, stop_ends_the_wait_for_a_spool) {
  WebhookSink sink("hook", patient_options(kNobody));
  const test::DiskLimit limit(1);
  Taking taking(sink, signals_of(1, 1));
  await_failures(sink, 1);
  sink.stop();
  taking.finish();
  EXPECT_EQ(sink.status().at("waiting"), 0);
}

TEST_F(FullDiskTest, webhook_delivers_nothing_twice_while_it_cannot_remove_it_from_its_spool) {
  std::optional<test::DiskLimit> limit;
  HttpReceiver receiver([&](const auto&) {
    limit.emplace(1);
    return HttpReceiver::status(200);
  });
  WebhookSink sink("hook", options(receiver.url()));
  sink.take(signals_of(1, 1));
  await_failures(sink, 2);
  EXPECT_EQ(sink.status().at("waiting"), 1);
  limit.reset();
  await_delivered(sink);
  EXPECT_EQ(receiver.waiting(), 1U);
  EXPECT_EQ(sink.status().at("delivered"), 1);
}

}  // namespace
}  // namespace suzaku::sinks
