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
/// (https://github.com/cloudevents/spec). A plain value. One thread at a time.
struct Signal {
  std::string id;                                   // unique for its source
  std::string source;                               // a URI reference, such as "/suzaku/backend"
  std::string type;                                 // segments and dots, such as "suzaku.backend.room_lobby.shout"
  std::string subject;                              // such as a topic; "" is absent
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

/// A signal that is shared by all its receivers and never changed. Payload::json() stores what it has parsed, so it
/// must not be called on a shared signal. Call it on a copy of `data`, which is cheap.
using SignalPtr = std::shared_ptr<const Signal>;

/// An id that no other signal of any process has.
std::string new_signal_id();

/// Whether the signal is a CloudEvent: required attributes are present, names and values are valid. Fails
/// with the attribute and what was expected of it.
[[nodiscard]] Result<void> validate(const Signal& signal);

/// The JSON structured form (application/cloudevents+json), on one line; the data is not changed. What
/// CloudEvents forbids in a string (control characters, noncharacters) is percent-encoded in attributes: the event
/// "a\x07" becomes "a%07". Throws std::invalid_argument when an attribute is not UTF-8.
std::string to_json_text(const Signal& signal);
/// Appends the JSON structured form to `out`.
void append_json_text(std::string& out, const Signal& signal);
/// Reads the JSON structured form. Fails for invalid JSON, and for what validate() refuses. Absent data is read as {}.
[[nodiscard]] Result<Signal> parse_signal(std::string_view json);

}  // namespace suzaku::signals
