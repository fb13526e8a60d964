// Spools whose file another program deletes, replaces or shortens.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sinks/spool.hpp"
#include "sinks/webhook_sink_test.hpp"

namespace suzaku::sinks {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxSize = 16 << 20;

class SpoolRewriteTest : public WebhookSinkTest {
 protected:
  SpoolRewriteTest() { testing::internal::CaptureStderr(); }
  ~SpoolRewriteTest() override { testing::internal::GetCapturedStderr(); }

  static std::string ids(Spool& spool) {
    std::string all;
    for (const Spooled& signal : spool.oldest(10'000, kMaxSize)) all += signal.id + " ";
    return all;
  }
  static std::string log() {
    std::string text = testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
    return text;
  }
  static void shorten(const std::string& path) { fs::resize_file(path, 0); }

  /// Calls `tamper` in a process that has three signals in its spool and one that is parked, puts a fourth and kills
  /// the process. Returns the ids that the next process finds.
  std::string after_kill(const std::function<void()>& tamper) const {
    std::array<int, 2> is_ready{};
    if (::pipe(is_ready.data()) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
      Spool spool(path_, kMaxSize, kMaxSize);
      spool.put(signals_of(1, 4));
      spool.park(2);
      tamper();
      spool.put(signals_of(5, 1));
      if (::write(is_ready[1], "x", 1) != 1) ::_exit(1);
      while (true) ::pause();
    }
    ::close(is_ready[1]);
    char byte = 0;
    EXPECT_EQ(::read(is_ready[0], &byte, 1), 1);
    ::close(is_ready[0]);
    ::kill(child, SIGKILL);
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
    Spool spool(path_, kMaxSize, kMaxSize);
    spool.unpark();
    return ids(spool);
  }

  const std::string path_ = folder_.file("spool");
  const std::string wal_ = path_ + "-wal";
};

// --- kill -9 ---

TEST_F(SpoolRewriteTest, nothing_is_lost_when_the_file_was_deleted_before_kill_9) {
  EXPECT_EQ(after_kill([this] { fs::remove(path_); }), "1 2 3 4 5 ");
}

TEST_F(SpoolRewriteTest, nothing_is_lost_when_all_files_were_deleted_before_kill_9) {
  EXPECT_EQ(after_kill([this] {
              fs::remove(path_);
              fs::remove(wal_);
            }),
            "1 2 3 4 5 ");
}

TEST_F(SpoolRewriteTest, nothing_is_lost_when_the_write_ahead_log_was_deleted_before_kill_9) {
  EXPECT_EQ(after_kill([this] { fs::remove(wal_); }), "1 2 3 4 5 ");
}

TEST_F(SpoolRewriteTest, nothing_is_lost_when_the_write_ahead_log_was_shortened_before_kill_9) {
  EXPECT_EQ(after_kill([this] { shorten(wal_); }), "1 2 3 4 5 ");
}

TEST_F(SpoolRewriteTest, nothing_is_lost_when_the_file_was_renamed_before_kill_9) {
  EXPECT_EQ(after_kill([this] { fs::rename(path_, path_ + ".old"); }), "1 2 3 4 5 ");
}

TEST_F(SpoolRewriteTest, nothing_is_lost_when_the_file_was_shortened_before_kill_9) {
  EXPECT_EQ(after_kill([this] { shorten(path_); }), "1 2 3 4 5 ");
}

TEST_F(SpoolRewriteTest, nothing_is_lost_when_the_file_was_replaced_before_kill_9) {
  EXPECT_EQ(after_kill([this] {
              std::ofstream(path_ + ".mine") << "my letters";
              fs::rename(path_ + ".mine", path_);
            }),
            "1 2 3 4 5 ");
  EXPECT_EQ(contents(path_ + ".replaced"), "my letters");
}

// --- what is written ---

TEST_F(SpoolRewriteTest, the_new_file_is_accessible_to_its_own_user_only_and_continues_the_numbers) {
  Spool spool(path_, kMaxSize, kMaxSize);
  spool.put(signals_of(1, 3));
  const std::int64_t last = spool.oldest(10, kMaxSize).back().number;
  spool.remove_through(last);
  fs::remove(path_);
  spool.put(signals_of(4, 1));
  EXPECT_GT(spool.oldest(1, 1).at(0).number, last);
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(fs::exists(path_ + ".new"));
  EXPECT_FALSE(fs::exists(path_ + ".replaced"));
  EXPECT_THROW(Spool(path_, kMaxSize, kMaxSize), std::runtime_error);  // in use
  EXPECT_EQ(spool.rewrites(), 1U);
  EXPECT_EQ(spool.lost(), 0U);
}

TEST_F(SpoolRewriteTest, each_file_that_was_put_there_is_kept_under_another_name) {
  Spool spool(path_, kMaxSize, kMaxSize);
  for (const std::string_view text : {"first", "second"}) {
    fs::remove(path_);
    std::ofstream(path_) << text;
    std::ofstream(wal_ + ".mine") << text << " log";
    fs::rename(wal_ + ".mine", wal_);
    spool.put(signals_of(1, 1));
  }
  EXPECT_EQ(contents(path_ + ".replaced"), "first");
  EXPECT_EQ(contents(path_ + ".replaced-wal"), "first log");
  EXPECT_EQ(contents(path_ + ".replaced.1"), "second");
  EXPECT_EQ(ids(spool), "1 1 ");
}

TEST_F(SpoolRewriteTest, the_spool_of_another_user_at_its_path_is_left_alone) {
  Spool spool(path_, kMaxSize, kMaxSize);
  spool.put(signals_of(1, 1));
  fs::remove(path_);
  Spool other(path_, kMaxSize, kMaxSize);
  spool.put(signals_of(2, 1));
  other.put(signals_of(3, 1));
  EXPECT_EQ(ids(spool), "1 2 ");
  EXPECT_EQ(ids(other), "3 ");
  EXPECT_EQ(spool.rewrites() + other.rewrites(), 0U);
  EXPECT_NE(log().find("in use by another sink or process"), std::string::npos);
}

TEST_F(SpoolRewriteTest, a_symbolic_link_stays_and_its_target_is_written) {
  const std::string target = folder_.file("target");
  fs::create_symlink(target, path_);
  Spool spool(path_, kMaxSize, kMaxSize);
  spool.put(signals_of(1, 1));
  shorten(target);
  spool.put(signals_of(2, 1));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(spool.rewrites(), 1U);
  EXPECT_EQ(ids(spool), "1 2 ");
}

TEST_F(SpoolRewriteTest, logs_once_what_has_happened_and_what_was_done) {
  Spool spool(path_, kMaxSize, kMaxSize);
  spool.put(signals_of(1, 3));
  spool.park(2);
  fs::remove(path_);
  std::ofstream(path_) << "my letters";
  for (int i = 4; i < 10; ++i) spool.put(signals_of(i, 1));
  const std::string text = log();
  EXPECT_NE(text.find(path_ + " was replaced while it was in use; signals that were written to a new spool " + path_ +
                      ": 2 waiting, 1 parked; lost: 0; the file that was found there is now " + path_ + ".replaced"),
            text.npos)
      << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

TEST_F(SpoolRewriteTest, its_own_writes_are_not_mistaken_for_those_of_other_programs) {
  Spool spool(path_, 12 << 20, 1 << 20);
  const Payload data = Payload::from_text('"' + std::string(100'000, 'x') + '"');
  for (int i = 0; i < 120; ++i) {  // the write-ahead log grows beyond its limit, and starts again
    spool.put(signals_of(i, 1, data));
    const auto found = spool.oldest(1, 1);
    if (i % 3 == 0) spool.park(found.at(0).number);
    if (i % 3 == 1) spool.remove_through(found.at(0).number);
    if (i % 40 == 39) spool.unpark();
  }
  EXPECT_EQ(spool.rewrites(), 0U);
}

TEST_F(SpoolRewriteTest, signals_that_a_shortened_file_has_lost_are_counted_and_the_others_stay) {
  Spool spool(path_, kMaxSize, kMaxSize);
  const Payload data = Payload::from_text('"' + std::string(100'000, 'x') + '"');
  for (int i = 0; i < 120; ++i) spool.put(signals_of(i, 1, data));  // more than SQLite keeps in memory and in its log
  shorten(path_);
  spool.put(signals_of(120, 1));
  const auto left = spool.oldest(1'000, kMaxSize);
  EXPECT_EQ(spool.rewrites(), 1U);
  EXPECT_GT(spool.lost(), 0U);
  EXPECT_EQ(left.size() + spool.lost(), 121U);
  EXPECT_EQ(spool.size().signals, left.size());
  ASSERT_GT(left.size(), 10U);
  EXPECT_EQ(left[left.size() - 2].event, to_json_text(*signal_of("119", data)));
  for (const Spooled& signal : left) EXPECT_TRUE(signals::parse_signal(signal.event)) << signal.id;
}

TEST_F(SpoolRewriteTest, a_signal_of_which_a_part_is_left_counts_as_lost) {
  const Payload data = Payload::from_text('"' + std::string(6'000, 'x') + '"');  // takes pages of its own
  for (std::uint64_t pages = 500; pages < 504; ++pages) {
    const std::string path = folder_.file("spool" + std::to_string(pages));
    Spool spool(path, kMaxSize, kMaxSize);
    for (int i = 0; i < 2'000; i += 500) spool.put(signals_of(i, 500, data));
    fs::resize_file(path, pages * 4'096);
    spool.check();
    const auto left = spool.oldest(10'000, kMaxSize);
    EXPECT_EQ(left.size() + spool.lost(), 2'000U);
    EXPECT_GT(spool.lost(), 0U);
    for (const Spooled& signal : left) EXPECT_TRUE(signals::parse_signal(signal.event)) << signal.id;
  }
}

TEST_F(SpoolRewriteTest, uses_the_old_file_while_no_new_one_can_be_written) {
  fs::create_directory(folder_.file("folder"));
  const std::string path = folder_.file("folder/spool");
  Spool spool(path, kMaxSize, kMaxSize);
  spool.put(signals_of(1, 2));
  fs::remove_all(folder_.file("folder"));
  spool.put(signals_of(3, 1));
  spool.remove_through(1);
  EXPECT_EQ(ids(spool), "2 3 ");
  EXPECT_EQ(spool.rewrites(), 0U);
  fs::create_directory(folder_.file("folder"));
  await([&] {
    spool.check();
    return spool.rewrites() == 1;
  });
  EXPECT_EQ(ids(spool), "2 3 ");
  const std::string text = log();
  EXPECT_NE(text.find(path + " was deleted while it was in use; a new spool cannot be written"), text.npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
}

// --- webhooks ---

TEST_F(SpoolRewriteTest, webhook_that_only_waits_notices_it_and_delivers_all_later) {
  {
    WebhookOptions all = patient_options(kNobody);
    all.spool_check = 1ms;
    WebhookSink sink("hook", all);
    sink.take(signals_of(1, 3));
    await_failures(sink, 1);
    fs::remove(path_);
    await([&] { return sink.status().at("spool_rewrites") == 1; });
    EXPECT_EQ(sink.status().at("waiting"), 3);
    EXPECT_EQ(sink.status().at("dropped"), 0);
  }
  HttpReceiver receiver;
  const WebhookSink sink("hook", options(receiver.url()));
  EXPECT_EQ(WebhookSinkTest::ids(receiver, 3), (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(SpoolRewriteTest, webhook_delivers_nothing_twice_when_its_spool_was_deleted) {
  HttpReceiver receiver;
  WebhookSink sink("hook", options(receiver.url()));
  for (int i = 1; i <= 50; ++i) {
    sink.take(signals_of(i, 1));
    if (i % 10 == 0) fs::remove(path_);
  }
  await([&] { return sink.status().at("delivered") == 50; });
  await_delivered(sink);
  EXPECT_EQ(receiver.waiting(), 50U);
  EXPECT_GE(sink.status().at("spool_rewrites").to_number<int>(), 1);
}

}  // namespace
}  // namespace suzaku::sinks
