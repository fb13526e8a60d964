#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/payload.hpp>

#include "base/budget.hpp"
#include "net/loop.hpp"
#include "server/activity_log.hpp"
#include "ws/opcode.hpp"

namespace suzaku::server {

/// A message of a client, as it came, kept for later.
class HeldMessage {
 public:
  HeldMessage(ws::Opcode opcode, std::string_view message) : opcode_(opcode), size_(message.size()) {
    bytes_.reserve(size_ + net::Loop::kPadding);
    bytes_.append(message).append(net::Loop::kPadding, '\0');
  }

  ws::Opcode opcode() const noexcept { return opcode_; }
  /// Padded for simdjson.
  std::string_view message() const noexcept { return std::string_view(bytes_).substr(0, size_); }

 private:
  ws::Opcode opcode_;
  std::string bytes_;
  std::size_t size_;
};
using HeldMessages = std::vector<HeldMessage>;

/// A join that its channel answers later, and what its client has sent to the topic meanwhile.
struct PendingJoin {
  static constexpr std::size_t kMaxMessages = 100;
  static constexpr std::size_t kMaxBytes = 1 << 20;
  /// Bytes of memory that each message costs beside its own.
  static constexpr std::size_t kOverhead = 160;
  static_assert(kOverhead >= net::Loop::kPadding + 2 * sizeof(HeldMessage),
                "a vector may have twice the room it needs");

  PendingJoin(std::string_view join_ref_text, ActivityLog::Begin when, const Payload& join_params, Budget& memory)
      : ref(join_ref_text), begin(when), params(join_params), share(memory) {}

  /// False when too much waits already.
  bool hold(ws::Opcode opcode, std::string_view message) {
    const std::size_t all = share.bytes() + message.size() + kOverhead;
    if (held.size() == kMaxMessages || all > kMaxBytes || !share.grow_to(all)) return false;
    held.emplace_back(opcode, message);
    return true;
  }

  std::string ref;  // of the join; JSON text
  ActivityLog::Begin begin;
  Payload params;  // for the log
  net::Timers::Id deadline = net::Timers::kNone;
  HeldMessages held = {};
  Budget::Share share;  // of the memory of unfinished messages
};

}  // namespace suzaku::server
