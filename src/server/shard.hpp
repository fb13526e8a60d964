#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include <suzaku/server/options.hpp>

#include "base/budget.hpp"
#include "net/loop.hpp"
#include "net/workers.hpp"
#include "protocol/decoder.hpp"
#include "pubsub/pubsub.hpp"
#include "server/activity_log.hpp"
#include "server/counters.hpp"
#include "server/mailbox.hpp"
#include "transport/session.hpp"
#include "ws/deflate.hpp"

namespace suzaku::server {

class ChannelProcess;
class Endpoint;
class PendingRequest;
class Socket;
class StreamedBody;
class TopicListener;

/// Everything that one event loop owns, and what it shares with the others. Loop's thread only, but for `loop` and
/// `counters`.
struct Shard {
  Shard(const net::Clock& clock, net::Workers& pool, Budget& unfinished_messages, const EndpointOptions& options)
      : loop(clock), workers(pool), unfinished(unfinished_messages), activity(loop, options.filter_parameters) {}

  /// For log lines that clients can cause.
  log::LimitedLog& log() noexcept { return loop.limited_log(); }

  net::Loop loop;
  Counters counters;
  net::Workers& workers;
  Budget& unfinished;  // memory of messages that have not come whole
  ActivityLog activity;
  pubsub::PubSub* pubsub = nullptr;
  Endpoint* endpoint = nullptr;
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(*this);

  // Used for every message, by one connection after another.
  protocol::Decoder decoder;
  std::string scratch;
  static constexpr std::size_t kKeepScratch = 256 << 10;  // bytes; memory above this is freed after a large message
  ws::Inflater inflater;
  ws::Deflater deflater;

  // Handles name these by number. One that has ended is not found.
  boost::unordered_flat_map<std::uint64_t, Socket*> sockets;
  boost::unordered_flat_map<std::uint64_t, ChannelProcess*> channels;
  boost::unordered_flat_map<std::uint64_t, PendingRequest*> requests;
  boost::unordered_flat_map<std::uint64_t, StreamedBody*> streams;
  std::uint64_t last_id = 0;
  std::set<std::shared_ptr<TopicListener>> listeners;

  transport::Sessions sessions{loop};  // last: they use all of the above until they are gone
};

template <class F>
void Mailbox::run(F task) {
  std::unique_lock lock(mutex_);
  if (!shard_) return;
  Shard& shard = *shard_;
  if (!shard.loop.in_this_thread()) return shard.loop.post([&shard, task = std::move(task)]() mutable { task(shard); });
  lock.unlock();
  task(shard);
}

template <class F>
void Mailbox::post(F task) {
  const std::lock_guard lock(mutex_);
  if (shard_) shard_->loop.post([&shard = *shard_, task = std::move(task)]() mutable { task(shard); });
}

}  // namespace suzaku::server
