#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <suzaku/client/options.hpp>
#include <suzaku/client/serializer.hpp>
#include <suzaku/payload.hpp>

#include "base/counter.hpp"
#include "client/core/completion.hpp"
#include "client/core/engine.hpp"

namespace suzaku::client::core {

class Channel;

/// Something that will end: by a reply, by its deadline, or by what happens to its channel or connection.
struct Operation {
  enum class Kind : std::uint8_t {
    join_call,  // somebody's join(): on the wire it is one `join` after another
    join,       // one phx_join
    leave,
    push,
    heartbeat,
  };
  Kind kind = Kind::push;
  bool in_flight = false;  // handed to the connection
  Resend resend = Resend::never;
  Channel* channel = nullptr;  // none for a heartbeat
  Ref join_ref = 0;            // of the join it was sent in
  std::shared_ptr<Completion> completion = nullptr;
  TimePoint sent_at = {};
  // what to send; forgotten once it is sent for good
  std::string event = {};
  Payload payload = {};
};

/// All operations of a socket that have not ended, by ref, and their deadlines.
class Operations {
 public:
  /// `count` is kept at size().
  explicit Operations(Counter& count) noexcept : count_(count) {}

  /// The ref it is known by from now on, on the wire too. Refs are given once, in ascending order.
  Ref add(Operation operation, TimePoint deadline);
  /// A ref for a message whose reply nobody waits for.
  Ref next_ref() noexcept { return ++last_ref_; }
  /// The operation, or nullptr if it has ended. Valid until the next add() or take().
  Operation* find(Ref ref);
  /// Takes it out: it has ended, or is about to.
  std::optional<Operation> take(Ref ref);
  std::optional<std::pair<Ref, Operation>> take_expired(TimePoint now);
  /// It has not ended after all: it is known by its ref as before.
  void put_back(Ref ref, Operation operation, TimePoint deadline);
  /// The refs of all, in ascending order.
  std::vector<Ref> refs() const;

  /// When to look for expired ones next; may be too early by operations that have ended.
  std::optional<TimePoint> next_deadline() const;
  std::size_t size() const noexcept { return operations_.size(); }

 private:
  using Deadline = std::pair<TimePoint, Ref>;

  void forget_old_deadlines();

  Counter& count_;
  std::unordered_map<Ref, Operation> operations_;
  std::vector<Deadline> deadlines_;  // a heap, the earliest on top; may hold some of operations that have ended
  Ref last_ref_ = 0;
};

}  // namespace suzaku::client::core
