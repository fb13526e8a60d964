#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <suzaku/json.hpp>
#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

namespace suzaku::signals {

/// Something that has happened, for agents to act on: an event in the sense of CloudEvents 1.0
/// (https://github.com/cloudevents/spec). A plain value: one thread at a time, as any other.
struct Signal {
  std::string id;                                   // unique for its source
  std::string source;                               // a URI reference, such as "/suzaku/backend"
  std::string type;                                 // segments and dots, such as "suzaku.backend.room_lobby.shout"
  std::string subject;                              // what it is about, such as a topic; "" is absent
  std::chrono::system_clock::time_point time = {};  // the epoch is absent
  Payload data;                                     // JSON, or bytes ("data_base64")
  /// What `data` is, when it is something else than JSON or bytes: "text/xml" for a JSON string that holds XML.
  std::string contenttype;

  // Extension attributes of what comes from Phoenix; "" is absent.
  std::string connection;    // the name of the connection
  std::string phoenixtopic;  // "room:lobby"
  std::string phoenixevent;  // "shout"
  std::string phoenixkind;   // "broadcast", "push" or "reply"
  /// All other attributes (extensions, and "dataschema"): strings, integers of 32 bits and booleans.
  JsonObject extensions;

  /// `contenttype`; when that is empty, "application/json", or "application/octet-stream" for bytes.
  std::string_view datacontenttype() const noexcept {
    if (!contenttype.empty()) return contenttype;
    return data.is_binary() ? "application/octet-stream" : "application/json";
  }
};

/// How signals travel: shared by all who get them, changed by nobody. Payload::json() keeps what it has parsed, so it
/// is not for shared ones: call it on a copy of `data` (which is cheap).
using SignalPtr = std::shared_ptr<const Signal>;

/// An id that no other signal of any process has.
std::string new_signal_id();

/// Whether the signal is a CloudEvent: required attributes are there, names and values are of the right form. Fails
/// with the attribute and what was expected of it.
[[nodiscard]] Result<void> validate(const Signal& signal);

/// The JSON structured form (application/cloudevents+json), on one line; the data is passed on as it is written. What
/// CloudEvents forbids in a string (control characters, noncharacters) is percent-encoded in attributes: the event
/// "a\x07" becomes "a%07". Throws std::invalid_argument when an attribute is not UTF-8.
std::string to_json_text(const Signal& signal);
/// The same, at the end of `out`.
void append_json_text(std::string& out, const Signal& signal);
/// Reads the JSON structured form. Fails for what is no JSON, and for what validate() refuses. Without data it is {}.
[[nodiscard]] Result<Signal> parse_signal(std::string_view json);

}  // namespace suzaku::signals
