#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/channel.hpp>
#include <suzaku/json.hpp>

namespace suzaku::client {

class PresenceImpl;

/// Who is on a channel, kept in step with the server: phoenix.js's Presence. Make it before join(): the server sends
/// its state once for each join. Callbacks are called where the channel's are; list() may be called on any thread.
/// Destroying it ends the callbacks (as Channel::off() does).
class Presence {
 public:
  struct Options {
    std::string state_event = "presence_state";
    std::string diff_event = "presence_diff";
  };
  /// A presence is what the server sent: {"metas": [{"phx_ref": ..., ...}, ...], ...}.
  struct Entry {
    std::string key;
    Json presence;
  };

  explicit Presence(const Channel& channel);
  Presence(const Channel& channel, const Options& options);
  ~Presence();
  Presence(Presence&&) noexcept;
  Presence& operator=(Presence&&) noexcept;

  /// Someone came, or came once more: `before` is what was there (null when nothing was), `joined` what is new.
  void on_join(std::function<void(std::string_view key, const Json* before, const Json& joined)> callback);
  /// Someone went: `now` is what is left (its metas may be empty), `left` what went.
  void on_leave(std::function<void(std::string_view key, const Json& now, const Json& left)> callback);
  /// After each state and each diff. After a rejoin there is one, for all that changed meanwhile.
  void on_sync(std::function<void()> callback);

  /// Everyone, in the order they came.
  std::vector<Entry> list() const;
  std::optional<Json> find(std::string_view key) const;
  std::size_t size() const;
  /// The list may be out of date: the channel is not joined, or the server has not sent its state yet.
  bool is_stale() const;

 private:
  std::shared_ptr<PresenceImpl> impl_;
};

}  // namespace suzaku::client
