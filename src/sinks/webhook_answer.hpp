#pragma once

#include <cstdint>

namespace suzaku::sinks {

/// The meaning of a receiver's answer, or of its absence, for an event.
enum class Verdict : std::uint8_t {
  delivered,
  refused,      // the receiver will never accept the event: it is dropped
  failed,       // perhaps because of the event: it is sent again, and parked after a limit
  unavailable,  // because of the receiver, the network, or the account: it is sent again without a limit
  gone,         // the receiver wants no more events: the sink pauses
};

/// The verdict for the status of an answer. docs/operations.md repeats this table.
Verdict verdict_of(int status) noexcept;

}  // namespace suzaku::sinks
