#include "net/out_queue.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::net {
namespace {

/// All that waits, one slot after another.
std::string waiting(const OutQueue& queue) {
  std::vector<iovec> slots(1000);
  slots.resize(queue.gather(slots));
  std::string bytes;
  for (const iovec& slot : slots) bytes.append(static_cast<const char*>(slot.iov_base), slot.iov_len);
  return bytes;
}

void push(OutQueue& queue, std::string_view bytes, bool droppable = false) {
  queue.push(SharedBytes::copy(bytes), droppable);
}

TEST(OutQueue, begins_empty) {
  const OutQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(waiting(queue), "");
}

TEST(OutQueue, gives_frames_in_order_without_copying_them) {
  OutQueue queue;
  const SharedBytes one = SharedBytes::copy("one");
  queue.push(one, false);
  push(queue, "two");
  std::array<iovec, 4> slots{};
  ASSERT_EQ(queue.gather(slots), 2U);
  EXPECT_EQ(slots[0].iov_base, one.data());
  EXPECT_EQ(waiting(queue), "onetwo");
  EXPECT_EQ(queue.bytes(), 6U);
}

TEST(OutQueue, fills_no_more_slots_than_there_are) {
  OutQueue queue;
  for (const auto* frame : {"a", "b", "c"}) push(queue, frame);
  std::array<iovec, 2> slots{};
  EXPECT_EQ(queue.gather(slots), 2U);
}

TEST(OutQueue, goes_on_in_the_middle_of_a_frame) {
  OutQueue queue;
  push(queue, "one");
  push(queue, "two");
  queue.pop(4);
  EXPECT_EQ(waiting(queue), "wo");
  queue.pop(2);
  EXPECT_TRUE(queue.empty());
}

TEST(OutQueue, drops_the_oldest_droppable_frame_that_is_not_on_its_way) {
  OutQueue queue;
  push(queue, "started", true);
  push(queue, "kept");
  push(queue, "old", true);
  push(queue, "new", true);
  queue.pop(1);
  EXPECT_TRUE(queue.drop_oldest());
  EXPECT_EQ(waiting(queue), "tartedkeptnew");
  EXPECT_TRUE(queue.drop_oldest());
  EXPECT_FALSE(queue.drop_oldest());
  EXPECT_EQ(waiting(queue), "tartedkept");
  push(queue, "newest", true);
  EXPECT_TRUE(queue.drop_oldest());
}

TEST(OutQueue, completes_what_is_encrypted_already) {
  OutQueue queue;
  push(queue, "first", true);
  push(queue, "second", true);
  push(queue, "third", true);
  queue.hold(6);  // all of the first frame, the beginning of the second
  EXPECT_TRUE(queue.drop_oldest());
  EXPECT_EQ(waiting(queue), "firstsecond");
  EXPECT_FALSE(queue.drop_oldest());
  queue.keep_started();
  EXPECT_EQ(waiting(queue), "firstsecond");
}

TEST(OutQueue, forgets_what_is_not_on_its_way) {
  OutQueue queue;
  push(queue, "first");
  push(queue, "second");
  queue.pop(2);
  queue.keep_started();
  EXPECT_EQ(waiting(queue), "rst");
  push(queue, "close");
  EXPECT_EQ(waiting(queue), "rstclose");
  queue.clear();
  EXPECT_TRUE(queue.empty());
}

/// The same queue as plainly as it can be said.
struct Model {
  struct Entry {
    std::string bytes;
    bool droppable;
    std::size_t sent = 0;
  };
  std::deque<Entry> entries;
  std::size_t held = 0;

  std::string waiting() const {
    std::string all;
    for (const Entry& entry : entries) all += entry.bytes.substr(entry.sent);
    return all;
  }
  std::size_t started() const {
    std::size_t count = 0;
    std::size_t on_the_way = held;
    while (count < entries.size() && (on_the_way > 0 || entries[count].sent > 0)) {
      const std::size_t left = entries[count].bytes.size() - entries[count].sent;
      on_the_way -= std::min(on_the_way, left);
      ++count;
    }
    return count;
  }
  void pop(std::size_t sent) {
    held -= std::min(held, sent);
    while (sent > 0) {
      const std::size_t part = std::min(sent, entries.front().bytes.size() - entries.front().sent);
      entries.front().sent += part;
      sent -= part;
      if (entries.front().sent == entries.front().bytes.size()) entries.pop_front();
    }
  }
  bool drop_oldest() {
    for (std::size_t i = started(); i < entries.size(); ++i) {
      if (!entries[i].droppable) continue;
      entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
    return false;
  }
  void keep_started() { entries.resize(started(), {}); }
};

RC_GTEST_PROP(OutQueue, does_what_its_model_does, ()) {
  OutQueue queue;
  Model model;
  char next = 'a';
  for (int steps = *rc::gen::inRange(0, 400); steps > 0; --steps) {
    switch (*rc::gen::weightedElement<int>({{12, 0}, {4, 1}, {6, 2}, {2, 3}, {1, 4}})) {
      case 0: {
        const std::string bytes(*rc::gen::inRange<std::size_t>(1, 5), next);
        next = next == 'z' ? 'a' : static_cast<char>(next + 1);
        const bool droppable = *rc::gen::inRange(0, 4) != 0;
        push(queue, bytes, droppable);
        model.entries.push_back({bytes, droppable});
        break;
      }
      case 1: {
        const std::size_t sent =
            *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(model.waiting().size(), 12) + 1);
        queue.pop(sent);
        model.pop(sent);
        break;
      }
      case 2:
        RC_ASSERT(queue.drop_oldest() == model.drop_oldest());
        break;
      case 3:
        model.held = *rc::gen::inRange(model.held, std::min(model.held + 6, model.waiting().size()) + 1);
        queue.hold(model.held);
        break;
      default:
        queue.keep_started();
        model.keep_started();
    }
    RC_ASSERT(waiting(queue) == model.waiting());
    RC_ASSERT(queue.bytes() == model.waiting().size());
    RC_ASSERT(queue.empty() == model.entries.empty());
  }
}

}  // namespace
}  // namespace suzaku::net
