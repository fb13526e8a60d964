#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>

#include "protocol/message.hpp"

/// What both encoders write with. All but append() throw std::invalid_argument for what cannot be said.
namespace suzaku::protocol {

void append(std::string& out, std::initializer_list<std::string_view> parts);

/// The most bytes of a field beside a binary payload: its size is one byte.
inline constexpr std::size_t kMaxBinaryField = 255;

/// Kind, sizes, fields, data. A field is UTF-8 and has at most kMaxBinaryField bytes.
void append_binary(std::string& out, BinaryKind kind, std::initializer_list<std::string_view> fields,
                   const Payload& payload);

/// What fits in the header of a binary frame.
void require_field_size(std::string_view field);
/// What V1 can carry.
void require_json(const Payload& payload);
/// What a push in text can carry.
void require_object(const Payload& payload);

}  // namespace suzaku::protocol
