#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/options.hpp>

namespace suzaku::client::core {

/// The value of an Authorization header for the user info of a URL, "user:password" with percent-escapes: "Basic ...".
/// "" when the user info is empty.
std::string basic_authorization(std::string_view user_info);

/// These headers, and Authorization with this value, unless it is empty or they have one already.
std::vector<Header> with_authorization(std::vector<Header> headers, const std::string& value);

}  // namespace suzaku::client::core
