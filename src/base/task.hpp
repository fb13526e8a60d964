#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace suzaku {

/// A piece of work that is run once, by the thread it was handed to. Unlike std::function it may own things that cannot
/// be copied (C++23 has std::move_only_function).
class Task {
 public:
  Task() noexcept = default;
  template <class F>
    requires(std::invocable<F&> && !std::same_as<std::remove_cvref_t<F>, Task>)
  Task(F&& work) : work_(std::make_unique<Holder<std::remove_cvref_t<F>>>(std::forward<F>(work))) {}

  void operator()() { work_->run(); }
  explicit operator bool() const noexcept { return work_ != nullptr; }

 private:
  struct Work {
    virtual ~Work() = default;
    virtual void run() = 0;
  };
  template <class F>
  struct Holder final : Work {
    explicit Holder(F f) : function(std::move(f)) {}
    void run() override { function(); }
    F function;
  };
  std::unique_ptr<Work> work_;
};

}  // namespace suzaku
