#include "client/core/presence_list.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace suzaku::client::core {
namespace {

// These two are called with presences that check_presences() has found good.
const JsonArray& metas_of(const Json& presence) {
  return presence.as_object().at("metas").as_array();
}
std::string_view ref_of(const Json& meta) {
  return meta.as_object().at("phx_ref").as_string();
}

/// The phx_refs of a presence, to be asked many times.
class Refs {
 public:
  explicit Refs(const Json& presence) {
    for (const Json& meta : metas_of(presence)) refs_.push_back(ref_of(meta));
    std::sort(refs_.begin(), refs_.end());
  }
  bool have(const Json& meta) const { return std::binary_search(refs_.begin(), refs_.end(), ref_of(meta)); }

 private:
  std::vector<std::string_view> refs_;
};

JsonArray metas_without(const Json& presence, const Refs& refs) {
  JsonArray metas;
  for (const Json& meta : metas_of(presence))
    if (!refs.have(meta)) metas.push_back(meta);
  return metas;
}

Json with_metas(const Json& presence, JsonArray metas) {
  Json copy = presence;
  copy.as_object()["metas"] = std::move(metas);
  return copy;
}

bool is_good_meta(const Json& meta) {
  const JsonObject* object = meta.if_object();
  const Json* ref = object ? object->if_contains("phx_ref") : nullptr;
  return ref && ref->is_string();
}

Result<void> check_presences(const Json* presences, const std::string& what) {
  const JsonObject* object = presences ? presences->if_object() : nullptr;
  if (!object) return failure(what + " are ignored: expected an object with a presence for each key");
  for (const auto& member : *object) {
    const JsonObject* presence = member.value().if_object();
    const Json* metas = presence ? presence->if_contains("metas") : nullptr;
    if (!metas || !metas->is_array())
      return failure(what + " are ignored: a presence has no \"metas\", expected an array of objects");
    const JsonArray& list = metas->get_array();
    if (!std::all_of(list.begin(), list.end(), is_good_meta))
      return failure(what + " are ignored: a meta is no object with a \"phx_ref\", expected a string");
  }
  return {};
}

Result<void> check_diff(const Json& diff) {
  const JsonObject* object = diff.if_object();
  if (!object) return failure("a presence diff is ignored: expected an object with \"joins\" and \"leaves\"");
  if (auto joins = check_presences(object->if_contains("joins"), "the joins of a presence diff"); !joins) return joins;
  return check_presences(object->if_contains("leaves"), "the leaves of a presence diff");
}

}  // namespace

const Json* PresenceList::find(std::string_view key) const {
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : &found->second->presence;
}

Result<void> PresenceList::receive_state(Ref join_ref, const Json& state, Events& events) {
  if (auto synced = sync_state(state, events); !synced) return synced;
  state_join_ref_ = join_ref;
  const auto pending = take_pending();
  if (pending_join_ref_ == join_ref)
    for (const auto& [diff, bytes] : pending) apply(diff, events);
  events.on_sync();
  return {};
}

Result<void> PresenceList::receive_diff(Ref join_ref, const Json& diff, Events& events) {
  if (auto good = check_diff(diff); !good) return good;
  if (!is_stale(join_ref)) {
    apply(diff, events);
    events.on_sync();
    return {};
  }
  // What an earlier join has left behind is older than the state that will come.
  if (std::exchange(pending_join_ref_, join_ref) != join_ref) take_pending();
  keep(diff);
  return {};
}

void PresenceList::keep(const Json& diff) {
  const std::size_t bytes = boost::json::serialize(diff).size();
  pending_.push_back({diff, bytes});
  pending_bytes_ += bytes;
  while (pending_.size() > kMaxPendingDiffs || pending_bytes_ > kMaxPendingBytes) {
    pending_bytes_ -= pending_.front().bytes;
    pending_.pop_front();
  }
}

std::deque<PresenceList::Pending> PresenceList::take_pending() {
  pending_bytes_ = 0;
  return std::exchange(pending_, {});
}

Result<void> PresenceList::sync_state(const Json& state, Events& events) {
  if (auto good = check_presences(&state, "the presences of a state"); !good) return good;
  const JsonObject& now = state.get_object();
  std::vector<std::pair<std::string_view, Json>> joins;
  std::vector<std::pair<std::string_view, Json>> leaves;
  for (const auto& [key, presence] : entries_)
    if (!now.contains(key)) leaves.emplace_back(key, presence);
  for (const auto& member : now) {
    const std::string_view key = member.key();
    const Json& presence = member.value();
    const Json* before = find(key);
    if (!before) {
      joins.emplace_back(key, presence);
      continue;
    }
    JsonArray joined = metas_without(presence, Refs(*before));
    JsonArray left = metas_without(*before, Refs(presence));
    if (!joined.empty()) joins.emplace_back(key, with_metas(presence, std::move(joined)));
    if (!left.empty()) leaves.emplace_back(key, with_metas(*before, std::move(left)));
  }
  for (const auto& [key, joined] : joins) join(key, joined, events);
  for (const auto& [key, left] : leaves) leave(key, left, events);
  return {};
}

Result<void> PresenceList::sync_diff(const Json& diff, Events& events) {
  if (auto good = check_diff(diff); !good) return good;
  apply(diff, events);
  return {};
}

void PresenceList::apply(const Json& diff, Events& events) {
  for (const auto& member : diff.at("joins").get_object()) join(member.key(), member.value(), events);
  for (const auto& member : diff.at("leaves").get_object()) leave(member.key(), member.value(), events);
}

void PresenceList::join(std::string_view key, const Json& joined, Events& events) {
  const auto found = index_.find(key);
  if (found == index_.end()) {
    const auto entry = entries_.insert(entries_.end(), Entry{std::string(key), joined});
    index_.emplace(entry->key, entry);
    events.on_join(key, nullptr, joined);
    return;
  }
  Json& presence = found->second->presence;
  const Json before = std::move(presence);
  JsonArray metas = metas_without(before, Refs(joined));
  metas.insert(metas.end(), metas_of(joined).begin(), metas_of(joined).end());
  presence = with_metas(joined, std::move(metas));
  events.on_join(key, &before, joined);
}

void PresenceList::leave(std::string_view key, const Json& left, Events& events) {
  const auto found = index_.find(key);
  if (found == index_.end()) return;
  const auto entry = found->second;
  JsonArray& metas = entry->presence.as_object()["metas"].as_array();
  const Refs gone(left);
  metas.erase(std::remove_if(metas.begin(), metas.end(), [&](const Json& meta) { return gone.have(meta); }),
              metas.end());
  events.on_leave(key, entry->presence, left);
  if (!metas.empty()) return;
  index_.erase(found);
  entries_.erase(entry);
}

}  // namespace suzaku::client::core
