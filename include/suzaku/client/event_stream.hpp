#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <suzaku/payload.hpp>

namespace suzaku::client {

class EventStreamImpl;

/// The messages of a channel as a sequence (Channel::events()). For one reader, on any thread but the one that calls
/// callbacks: there only co_await brings the next one.
///
///     while (auto event = co_await events.next()) { ... }
///     while (auto event = events.next().get_for(5s)) { ... }
class EventStream {
 public:
  struct Event {
    std::string name;
    Payload payload;
  };

  /// The next event: get() blocks, co_await suspends. A coroutine that waits may be destroyed where callbacks are
  /// called, or while none can be.
  class Next {
   public:
    /// Waits; nothing when the channel has ended. Throws std::logic_error within a callback and on the client's own
    /// thread, which would have to bring the event.
    std::optional<Event> get();
    /// The same, at most this long; nothing when the time is over.
    std::optional<Event> get_for(std::chrono::nanoseconds time);

    bool await_ready() const;
    bool await_suspend(std::coroutine_handle<> waiting);
    std::optional<Event> await_resume();

    Next(const Next&) = delete;
    Next& operator=(const Next&) = delete;
    ~Next();

   private:
    friend class EventStream;
    explicit Next(std::shared_ptr<EventStreamImpl> impl) noexcept : impl_(std::move(impl)) {}
    std::shared_ptr<EventStreamImpl> impl_;
    std::coroutine_handle<> waiting_;
  };
  Next next() { return Next(impl_); }

  /// Events that were dropped for lack of room.
  std::size_t dropped() const;

  explicit EventStream(std::shared_ptr<EventStreamImpl> impl) noexcept : impl_(std::move(impl)) {}
  ~EventStream();
  EventStream(EventStream&&) noexcept;
  EventStream& operator=(EventStream&&) noexcept;

 private:
  std::shared_ptr<EventStreamImpl> impl_;
};

}  // namespace suzaku::client
