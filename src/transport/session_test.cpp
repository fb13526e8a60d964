#include "transport/session.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "net/loop.hpp"

namespace suzaku::transport {
namespace {

/// What became of a session.
struct Fate {
  int drained = 0;
  bool destroyed = false;
};

class FakeSession final : public Session {
 public:
  explicit FakeSession(Fate& fate) : fate_(fate) {}
  ~FakeSession() override { fate_.destroyed = true; }
  FakeSession(const FakeSession&) = delete;
  FakeSession& operator=(const FakeSession&) = delete;
  void drain() override { ++fate_.drained; }

 private:
  Fate& fate_;
};

class SessionsTest : public testing::Test {
 protected:
  Session& add() {
    auto session = std::make_unique<FakeSession>(fates.emplace_back());
    Session& added = *session;
    sessions.add(std::move(session));
    return added;
  }
  /// What was disposed of is gone after this.
  void end_turn() {
    loop.stop();
    loop.run();
  }

  std::deque<Fate> fates;  // first: sessions refer to them until they are gone
  net::Loop loop;
  Sessions sessions{loop};
};

TEST_F(SessionsTest, a_removed_session_lives_to_the_end_of_the_turn) {
  Session& session = add();
  const Fate& fate = fates.front();
  EXPECT_EQ(sessions.size(), 1U);
  sessions.remove(session);
  EXPECT_EQ(sessions.size(), 0U);
  EXPECT_FALSE(fate.destroyed);
  end_turn();
  EXPECT_TRUE(fate.destroyed);
}

TEST_F(SessionsTest, a_session_is_replaced_in_its_place) {
  Session& session = add();
  add();
  const Fate& http = fates[0];
  const Fate& other = fates[1];
  Fate& websocket = fates.emplace_back();
  auto by = std::make_unique<FakeSession>(websocket);
  Session& replacement = *by;
  sessions.replace(session, std::move(by));
  EXPECT_FALSE(http.destroyed);
  EXPECT_EQ(sessions.size(), 2U);
  end_turn();
  EXPECT_TRUE(http.destroyed);
  sessions.drain(1);
  EXPECT_EQ(websocket.drained, 1);
  sessions.remove(replacement);
  EXPECT_EQ(sessions.drain(1), 0U);
  EXPECT_EQ(other.drained, 1);
}

TEST_F(SessionsTest, drains_in_batches_and_nobody_twice) {
  for (int i = 0; i < 5; ++i) add();
  EXPECT_EQ(sessions.drain(2), 3U);
  EXPECT_EQ(sessions.drain(2), 1U);
  EXPECT_EQ(sessions.drain(2), 0U);
  EXPECT_EQ(sessions.drain(2), 0U);
  for (const Fate& fate : fates) EXPECT_EQ(fate.drained, 1);
}

TEST_F(SessionsTest, clear_destroys_them_all) {
  for (int i = 0; i < 3; ++i) add();
  sessions.clear();
  EXPECT_EQ(sessions.size(), 0U);
  for (const Fate& fate : fates) EXPECT_TRUE(fate.destroyed);
}

/// Comings and goings in any order while the server drains: everybody who stays is told once, and nobody twice.
RC_GTEST_PROP(Sessions, tell_everybody_once_whoever_comes_and_goes_meanwhile, ()) {
  std::map<int, Fate> fates;  // first: sessions refer to them until they are gone
  std::map<int, Session*> here;
  net::Loop loop;
  Sessions sessions(loop);
  std::size_t told = 0;  // of those that are here
  int next = 0;

  const auto add = [&] {
    auto session = std::make_unique<FakeSession>(fates[next]);
    here[next++] = session.get();
    return session;
  };
  const auto pick = [&] {
    auto it = here.begin();
    std::advance(it, *rc::gen::inRange<std::size_t>(0, here.size()));
    return it;
  };
  for (int steps = *rc::gen::inRange(0, 200); steps > 0; --steps) {
    const int what = *rc::gen::weightedElement<int>({{6, 0}, {4, 1}, {1, 2}, {2, 3}});
    if (what == 0) {
      sessions.add(add());
    } else if (what == 1 && !here.empty()) {
      const auto gone = pick();
      told -= static_cast<std::size_t>(fates[gone->first].drained);
      sessions.remove(*gone->second);
      here.erase(gone);
    } else if (what == 2 && !here.empty()) {
      const auto old = pick();
      Session& session = *old->second;
      const int drained = fates[old->first].drained;
      here.erase(old);
      sessions.replace(session, add());
      fates[next - 1].drained = drained;  // the connection has been told, whatever it is now
    } else if (what == 3) {
      const std::size_t count = *rc::gen::inRange<std::size_t>(0, 5);
      told = std::min(told + count, here.size());
      RC_ASSERT(sessions.drain(count) == here.size() - told);
    }
    RC_ASSERT(sessions.size() == here.size());
    std::size_t drained = 0;
    for (const auto& [number, fate] : fates) {
      RC_ASSERT(fate.drained <= 1);
      RC_ASSERT(!fate.destroyed);
      if (here.contains(number)) drained += static_cast<std::size_t>(fate.drained);
    }
    RC_ASSERT(drained == told);
  }
  RC_ASSERT(sessions.drain(here.size()) == 0U);
  for (const auto& [number, session] : here) RC_ASSERT(fates[number].drained == 1);
  loop.stop();
  loop.run();
  for (const auto& [number, fate] : fates) RC_ASSERT(fate.destroyed == !here.contains(number));
}

}  // namespace
}  // namespace suzaku::transport
