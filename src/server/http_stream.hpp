#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <suzaku/server/http.hpp>

#include "server/mailbox.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server {

/// What the handles of a streamed answer share. Any thread.
class HttpStreamImpl {
 public:
  HttpStreamImpl(std::shared_ptr<Mailbox> mailbox, std::uint64_t id) : mailbox(std::move(mailbox)), id(id) {}

  const std::shared_ptr<Mailbox> mailbox;
  const std::uint64_t id;
  std::atomic<bool> is_open{true};
  std::atomic<bool> wants_room{true};  // on_room is to be called
  std::atomic<std::size_t> posted{0};  // bytes on their way to the loop
  std::atomic<std::size_t> queued{0};  // bytes that waited in the connection, when the loop looked last
};

/// The body of a streamed answer, at its connection. Loop's thread only.
class StreamedBody final : public transport::BodySource {
 public:
  StreamedBody(Shard& shard, HttpStreamEvents events);
  ~StreamedBody() override;

  const std::shared_ptr<HttpStreamImpl>& impl() const noexcept { return impl_; }
  void write(std::string_view part);
  void end();
  void on_open(transport::BodySink& sink) override;
  /// Calls the user's on_room if it is to be called and there is room.
  void on_room() override;
  void on_drain() override;

 private:
  /// Calls a callback of the user's. An exception breaks the body off.
  template <class Callback, class... Arguments>
  void call(const Callback& callback, Arguments&&... arguments);
  void note_queue() noexcept;

  Shard& shard_;
  const HttpStreamEvents events_;
  const std::shared_ptr<HttpStreamImpl> impl_;
  transport::BodySink* sink_ = nullptr;
  std::string early_;  // written before the head was sent
  bool has_ended_ = false;
};

}  // namespace suzaku::server
