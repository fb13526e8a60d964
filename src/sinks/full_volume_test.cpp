// Signals on a real volume that is full. These tests need the right to mount a volume.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/mount.h>

#include "sinks/file_sink.hpp"
#include "sinks/json_lines.hpp"
#include "sinks/webhook_sink_test.hpp"

namespace suzaku::sinks {
namespace {

/// Signals that take 2 kB each.
std::vector<signals::SignalPtr> large(int first, int count) {
  return signals_of(first, count, Payload::from_text('"' + std::string(2'000, 'x') + '"'));
}

class FullVolumeTest : public WebhookSinkTest {
 protected:
  FullVolumeTest() : volume_(folder_.file("volume")) { std::filesystem::create_directory(volume_); }
  ~FullVolumeTest() override {
    if (!is_mounted_) return;
    EXPECT_EQ(::umount2(volume_.c_str(), MNT_DETACH), 0);
  }

  void SetUp() override {
    is_mounted_ = ::mount("tmpfs", volume_.c_str(), "tmpfs", 0, "size=400k") == 0;
    if (!is_mounted_) GTEST_SKIP() << "this process may not mount a volume";
  }
  void enlarge() const { ASSERT_EQ(::mount("tmpfs", volume_.c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0); }
  WebhookOptions options_on_volume(const std::string& url) const {
    WebhookOptions all = options(url);
    all.spool = volume_ + "/spool";
    return all;
  }
  static bool has_failed(const Sink& sink, std::string_view why) {
    return std::string(sink.status().at("last_failure").as_string()).find(why) != std::string::npos;
  }
  static std::vector<std::string> numbers(int count) {
    std::vector<std::string> all;
    for (int i = 1; i <= count; ++i) all.push_back(std::to_string(i));
    return all;
  }

  const std::string volume_;
  bool is_mounted_ = false;
};

/// Passes signals 1, 2, ... to a sink, one at a time.
class Giving {
 public:
  Giving(Sink& sink, int count)
      : sink_(sink), thread_([&sink, count, this] {
          for (int i = 1; i <= count && !is_over_; ++i) {
            sink.take(large(i, 1));
            ++taken_;
          }
        }) {}
  ~Giving() {
    is_over_ = true;
    sink_.stop();
    thread_.join();
  }
  Giving(const Giving&) = delete;
  Giving& operator=(const Giving&) = delete;

  int taken() const { return taken_; }

 private:
  Sink& sink_;
  std::atomic<bool> is_over_{false};
  std::atomic<int> taken_{0};
  std::thread thread_;
};

TEST_F(FullVolumeTest, webhook_delivers_each_signal_once_when_there_is_room_again) {
  std::atomic<bool> is_away{true};
  HttpReceiver receiver([&](const auto&) { return HttpReceiver::status(is_away ? 503 : 200); });
  testing::internal::CaptureStderr();
  std::vector<std::string> delivered;
  {
    WebhookSink sink("hook", options_on_volume(receiver.url()));
    const Giving giving(sink, 300);
    await([&] { return has_failed(sink, "database or disk is full"); });
    EXPECT_LT(giving.taken(), 300);
    enlarge();
    await([&] { return giving.taken() == 300; });
    while (receiver.waiting() > 0) receiver.next();
    is_away = false;
    await([&] { return sink.status().at("delivered") == 300; });
    EXPECT_EQ(sink.status().at("dropped"), 0);
  }
  const std::string log = testing::internal::GetCapturedStderr();
  while (receiver.waiting() > 0) {
    std::string id = id_of(receiver.next());
    // The first signal was also sent before.
    if (delivered.empty() || delivered.back() != id) delivered.push_back(std::move(id));
  }
  EXPECT_EQ(delivered, numbers(300));
  EXPECT_NE(log.find("/spool: database or disk is full; it will be tried again until it works"), log.npos) << log;
  EXPECT_NE(log.find("/spool: it works again"), log.npos) << log;
}

TEST_F(FullVolumeTest, webhook_uses_the_room_in_its_spool_while_its_volume_stays_full) {
  {
    Spool spool(volume_ + "/spool", 1 << 20, 1 << 20);
    spool.put(large(1, 20));
    spool.remove_through(20);  // the database file keeps its size
  }
  std::ofstream(volume_ + "/other") << std::string(200'000, 'x');
  std::atomic<bool> is_away{true};
  HttpReceiver receiver([&](const auto&) { return HttpReceiver::status(is_away ? 503 : 200); });
  WebhookSink sink("hook", options_on_volume(receiver.url()));
  testing::internal::CaptureStderr();
  const Giving giving(sink, 18);
  await([&] { return giving.taken() == 18; });
  EXPECT_NE(testing::internal::GetCapturedStderr().find("database or disk is full"), std::string::npos);
  is_away = false;
  await([&] { return sink.status().at("delivered") == 18; });
  EXPECT_EQ(sink.status().at("dropped"), 0);
}

TEST_F(FullVolumeTest, file_has_each_line_once_when_there_is_room_again) {
  FileSink sink("log", {.path = volume_ + "/lines"});
  const Giving giving(sink, 300);
  await([&] { return has_failed(sink, "No space left on device"); });
  EXPECT_LT(giving.taken(), 300);
  enlarge();
  await([&] { return giving.taken() == 300; });
  EXPECT_TRUE(contents(volume_ + "/lines") == json_lines(large(1, 300)));
  EXPECT_EQ(sink.status().at("written"), 300);
}

}  // namespace
}  // namespace suzaku::sinks
