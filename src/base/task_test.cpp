#include "base/task.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace suzaku {
namespace {

TEST(Task, an_empty_one_is_false) {
  EXPECT_FALSE(Task());
  EXPECT_TRUE(Task([] {}));
}

TEST(Task, owns_what_cannot_be_copied) {
  int result = 0;
  Task task([number = std::make_unique<int>(7), &result] { result = *number; });
  Task moved = std::move(task);
  EXPECT_FALSE(task);  // NOLINT(bugprone-use-after-move): empty is what is promised
  moved();
  EXPECT_EQ(result, 7);
}

TEST(Task, destroys_what_it_owns_also_when_it_never_ran) {
  const auto owned = std::make_shared<int>(1);
  {
    const Task task([owned] {});
    EXPECT_EQ(owned.use_count(), 2);
  }
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Task, can_be_made_of_a_function_that_lives_on_elsewhere) {
  int calls = 0;
  const auto count = [&calls] { ++calls; };
  Task task(count);
  task();
  count();
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace suzaku
