#include "server/http_stream.hpp"

#include <utility>

#include "base/frame_sink.hpp"
#include "base/thrown.hpp"
#include "server/shard.hpp"

namespace suzaku::server {

StreamedBody::StreamedBody(Shard& shard, HttpStreamEvents events)
    : shard_(shard),
      events_(std::move(events)),
      impl_(std::make_shared<HttpStreamImpl>(shard.mailbox, ++shard.last_id)) {
  shard_.streams.emplace(impl_->id, this);
}

StreamedBody::~StreamedBody() {
  shard_.streams.erase(impl_->id);
  impl_->is_open = false;
  sink_ = nullptr;
  if (!has_ended_ && events_.on_close) call(events_.on_close);
}

template <class Callback, class... Arguments>
void StreamedBody::call(const Callback& callback, Arguments&&... arguments) {
  try {
    callback(std::forward<Arguments>(arguments)...);
  } catch (...) {
    shard_.log().error("a callback of a streamed answer threw: {}", what_is_thrown());
    if (sink_ && !has_ended_) sink_->abort();
  }
}

void StreamedBody::note_queue() noexcept {
  impl_->queued = sink_->queued_bytes();
}

void StreamedBody::write(std::string_view part) {
  if (has_ended_) return;
  if (!sink_) {
    early_.append(part);
    impl_->queued = early_.size();
    return;
  }
  sink_->write(part);
  note_queue();
}

void StreamedBody::end() {
  impl_->is_open = false;
  if (std::exchange(has_ended_, true)) return;
  if (sink_) sink_->end();
}

void StreamedBody::on_open(transport::BodySink& sink) {
  sink_ = &sink;
  sink.write(std::exchange(early_, {}));
  if (has_ended_) return sink.end();
  on_room();
}

void StreamedBody::on_room() {
  if (has_ended_ || !sink_ || !events_.on_room) return;
  note_queue();
  if (send_room(impl_->posted + impl_->queued) == 0 || !impl_->wants_room.exchange(false)) return;
  call(events_.on_room, HttpStream(impl_));
}

void StreamedBody::on_drain() {
  if (!has_ended_ && events_.on_drain) call(events_.on_drain, HttpStream(impl_));
}

namespace {

/// What waits may be less than the stream knows: the loop looks.
void look_for_room(const HttpStreamImpl& impl) {
  impl.mailbox->post([id = impl.id](Shard& shard) {
    if (const auto found = shard.streams.find(id); found != shard.streams.end()) found->second->on_room();
  });
}

}  // namespace

bool HttpStream::write(std::string_view part) const {
  if (!is_open()) return false;
  std::string copy(part);
  impl_->posted += copy.size();
  impl_->mailbox->run([impl = impl_, part = std::move(copy)](Shard& shard) {
    impl->posted -= part.size();
    const auto found = shard.streams.find(impl->id);
    if (found == shard.streams.end()) return;
    found->second->write(part);
    if (impl->wants_room) look_for_room(*impl);
  });
  return is_open();
}

void HttpStream::end() const {
  if (!is_open()) return;
  impl_->mailbox->run([id = impl_->id](Shard& shard) {
    if (const auto found = shard.streams.find(id); found != shard.streams.end()) found->second->end();
  });
}

std::size_t HttpStream::room() const noexcept {
  if (!is_open()) return 0;
  const std::size_t room = send_room(impl_->posted + impl_->queued);
  if (room == 0 && !impl_->wants_room.exchange(true)) look_for_room(*impl_);
  return room;
}

bool HttpStream::is_open() const noexcept {
  return impl_ && impl_->is_open;
}

}  // namespace suzaku::server
