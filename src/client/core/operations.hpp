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

/// An operation ends by a reply, by its deadline, or with its channel or connection.
struct Operation {
  enum class Kind : std::uint8_t {
    join_call,  // a call of join(), for which one or more `join` are sent
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
  // what to send; cleared once it will not be sent again
  std::string event = {};
  Payload payload = {};
};

/// All operations of a socket that have not ended, by ref, and their deadlines.
class Operations {
 public:
  /// `count` is kept at size().
  explicit Operations(Counter& count) noexcept : count_(count) {}

  /// The ref of the operation, also on the wire. Each ref is used once; refs ascend.
  Ref add(Operation operation, TimePoint deadline);
  /// A ref for a message whose reply is ignored.
  Ref next_ref() noexcept { return ++last_ref_; }
  /// The operation, or nullptr if it has ended. Valid until the next add() or take().
  Operation* find(Ref ref);
  /// Removes it: it has ended, or is about to.
  std::optional<Operation> take(Ref ref);
  std::optional<std::pair<Ref, Operation>> take_expired(TimePoint now);
  /// Adds an operation that was taken, with the ref it had.
  void put_back(Ref ref, Operation operation, TimePoint deadline);
  /// The refs of all, in ascending order.
  std::vector<Ref> refs() const;

  /// The next deadline; possibly that of an operation that has ended.
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
