#pragma once

#include <string>
#include <string_view>

namespace suzaku {

/// Text as a part of a URI (RFC 3986): all as %XX but letters, digits, "-._~" and what is in `kept`.
std::string percent_encode(std::string_view text, std::string_view kept = {});

}  // namespace suzaku
