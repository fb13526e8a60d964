#pragma once

#include <cstdint>

namespace suzaku::sinks {

/// What a receiver's answer, or its absence, means for an event.
enum class Verdict : std::uint8_t {
  delivered,
  refused,      // the event would be refused again: it is dropped
  failed,       // perhaps because of the event: it is sent again, and parked in the end
  unavailable,  // because of the receiver, the way to it, or our rights: it is sent again for as long as it takes
  gone,         // the receiver wants no more events: the sink pauses
};

/// By the status of the answer: the one table, which docs/operations.md repeats.
Verdict verdict_of(int status) noexcept;

}  // namespace suzaku::sinks
