#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include <suzaku/client/event_stream.hpp>

#include "client/callbacks.hpp"
#include "client/channel_impl.hpp"

namespace suzaku::client {

/// The implementation of EventStream: a queue between the callbacks and one reader.
class EventStreamImpl final : public Waiting, public std::enable_shared_from_this<EventStreamImpl> {
 public:
  EventStreamImpl(std::shared_ptr<ChannelImpl> channel, std::size_t capacity, std::size_t max_bytes);

  /// Adds the callbacks.
  void start(std::string_view event);
  void stop();

  std::optional<EventStream::Event> wait(std::optional<std::chrono::nanoseconds> time);
  bool suspend(std::coroutine_handle<> waiting);
  /// This coroutine is destroyed: it is not to be resumed.
  void forget(std::coroutine_handle<> waiting);
  std::optional<EventStream::Event> take();
  bool is_ready() const;
  std::size_t dropped() const;
  void abandon() override;

 private:
  void add(const Message& message);
  void end();
  void resume();
  std::optional<EventStream::Event> take_locked();

  const std::shared_ptr<ChannelImpl> channel_;
  const std::size_t capacity_;
  const std::size_t max_bytes_;
  Channel::Binding on_event_ = 0;
  Channel::Binding on_close_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<EventStream::Event> events_;
  std::size_t bytes_ = 0;  // of events_
  std::size_t dropped_ = 0;
  bool has_ended_ = false;
  std::coroutine_handle<> waiting_;
};

}  // namespace suzaku::client
