#pragma once

#include <string>
#include <string_view>

namespace suzaku::ws {

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
std::string base64(std::string_view bytes);

}  // namespace suzaku::ws
