#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <string_view>
#include <unordered_map>

#include <suzaku/client/presence.hpp>
#include <suzaku/client/serializer.hpp>
#include <suzaku/json.hpp>
#include <suzaku/result.hpp>

namespace suzaku::client::core {

/// Diffs that may wait for a join's state, and their bytes as JSON; then the oldest are dropped. The state brings what
/// was in them.
inline constexpr std::size_t kMaxPendingDiffs = 10'000;
inline constexpr std::size_t kMaxPendingBytes = 16 << 20;

/// Who is there, by phoenix.js's algorithm. Entries keep the order in which their keys came (JavaScript puts keys that
/// look like integers first).
///
/// A presence is {"metas": [{"phx_ref": "...", ...}, ...], ...}, a state is an object of presences, and a diff is
/// {"joins": {...}, "leaves": {...}} with such objects. What has another shape is ignored as a whole, and the failure
/// says why.
class PresenceList {
 public:
  /// Receives the changes. Arguments are valid during the call; the list must not be changed within it.
  class Events {
   public:
    /// `before` is null for a new key; `joined` has the new metas only. The list has them already.
    virtual void on_join(std::string_view key, const Json* before, const Json& joined) = 0;
    /// `now` has the metas that are left, `left` those that went. A key without metas is in the list until it returns.
    virtual void on_leave(std::string_view key, const Json& now, const Json& left) = 0;
    virtual void on_sync() = 0;

   protected:
    ~Events() = default;
  };

  PresenceList() = default;
  PresenceList(const PresenceList&) = delete;
  PresenceList& operator=(const PresenceList&) = delete;

  // As they come from a channel that was joined with `join_ref`.
  /// Brings the list to this state and applies the diffs that waited for it. One on_sync() for all.
  Result<void> receive_state(Ref join_ref, const Json& state, Events& events);
  /// Applies the diff; keeps it for later when this join has had no state yet.
  Result<void> receive_diff(Ref join_ref, const Json& diff, Events& events);
  /// This join (0: none) has had no state yet.
  bool is_stale(Ref join_ref) const noexcept { return join_ref == 0 || join_ref != state_join_ref_; }

  // The algorithm alone, without on_sync().
  Result<void> sync_state(const Json& state, Events& events);
  Result<void> sync_diff(const Json& diff, Events& events);

  using Entry = Presence::Entry;
  const std::list<Entry>& entries() const noexcept { return entries_; }
  /// nullptr when there is none. Valid until the list changes.
  const Json* find(std::string_view key) const;
  std::size_t pending_diffs() const noexcept { return pending_.size(); }

 private:
  struct Pending {
    Json diff;
    std::size_t bytes;
  };

  void keep(const Json& diff);
  std::deque<Pending> take_pending();
  void apply(const Json& diff, Events& events);
  void join(std::string_view key, const Json& joined, Events& events);
  void leave(std::string_view key, const Json& left, Events& events);

  std::list<Entry> entries_;
  std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;  // by the entry's own key
  Ref state_join_ref_ = 0;
  std::deque<Pending> pending_;
  std::size_t pending_bytes_ = 0;
  Ref pending_join_ref_ = 0;
};

}  // namespace suzaku::client::core
