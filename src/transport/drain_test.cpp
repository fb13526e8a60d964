#include "transport/drain.hpp"

#include <deque>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "net/virtual_clock.hpp"

namespace suzaku::transport {
namespace {

using namespace std::chrono_literals;

/// A session that ends some time after it was drained, or never.
class SlowSession final : public Session {
 public:
  SlowSession(net::Loop& loop, Sessions& sessions, net::Duration time, std::vector<net::Duration>& drained)
      : loop_(loop), sessions_(sessions), time_(time), drained_(drained) {}

  void drain() override {
    drained_.push_back(loop_.now() - net::TimePoint());
    if (time_ == kNever) return;
    loop_.timers().after(time_, [this] { sessions_.remove(*this); });
  }

  static constexpr net::Duration kNever = net::Duration::max();

 private:
  net::Loop& loop_;
  Sessions& sessions_;
  const net::Duration time_;
  std::vector<net::Duration>& drained_;  // when each session was told
};

class DrainTest : public testing::Test {
 protected:
  void add(int count, net::Duration time) {
    for (int i = 0; i < count; ++i) sessions.add(std::make_unique<SlowSession>(loop, sessions, time, drained));
  }
  void start(const DrainPlan& plan) {
    drain = std::make_unique<Drain>(loop, sessions, plan);
    drain->start([this] { ends.push_back(clock.now() - net::TimePoint()); });
  }
  void advance(net::Duration time) { clock.advance(loop, time); }

  std::vector<net::Duration> drained;
  std::vector<net::Duration> ends;
  net::VirtualClock clock;
  net::Loop loop{clock};
  Sessions sessions{loop};
  std::unique_ptr<Drain> drain;
};

using Times = std::vector<net::Duration>;

TEST_F(DrainTest, ends_when_the_last_session_has_ended) {
  add(3, 700ms);
  start({.batch_size = 10, .batch_interval = 2s, .deadline = 30s});
  advance(699ms);
  EXPECT_EQ(ends, Times{});
  advance(1h);
  EXPECT_EQ(ends, Times{700ms});
  EXPECT_EQ(drained, Times(3, 0s));
}

TEST_F(DrainTest, without_sessions_ends_at_once) {
  start({.batch_size = 10, .batch_interval = 2s, .deadline = 30s});
  advance(0s);
  EXPECT_EQ(ends, Times{0s});
}

TEST_F(DrainTest, drains_batch_after_batch) {
  add(5, 1s);
  start({.batch_size = 2, .batch_interval = 2s, .deadline = 30s});
  advance(1h);
  EXPECT_EQ(drained, (Times{0s, 0s, 2s, 2s, 4s}));
  EXPECT_EQ(ends, Times{5s});
}

TEST_F(DrainTest, the_batch_before_the_deadline_is_all_that_is_left) {
  add(7, 1s);
  start({.batch_size = 2, .batch_interval = 2s, .deadline = 4s});
  advance(1h);
  EXPECT_EQ(drained, (Times{0s, 0s, 2s, 2s, 2s, 2s, 2s}));
  EXPECT_EQ(ends, Times{3s});
}

TEST_F(DrainTest, cuts_off_what_has_not_ended_at_the_deadline) {
  add(2, SlowSession::kNever);
  start({.batch_size = 10, .batch_interval = 2s, .deadline = 4s});
  advance(3999ms);
  EXPECT_EQ(sessions.size(), 2U);
  advance(1ms);
  EXPECT_EQ(sessions.size(), 0U);
  EXPECT_EQ(ends, Times{4s});
}

}  // namespace
}  // namespace suzaku::transport
