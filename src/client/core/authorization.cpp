#include "client/core/authorization.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "http/query.hpp"

namespace suzaku::client::core {

std::string basic_authorization(std::string_view user_info) {
  if (user_info.empty()) return {};
  const std::size_t colon = std::min(user_info.find(':'), user_info.size());
  std::string credentials = http::percent_decode(user_info.substr(0, colon), false) + ':';
  if (colon < user_info.size()) credentials += http::percent_decode(user_info.substr(colon + 1), false);
  return "Basic " + base64(credentials);
}

std::vector<Header> with_authorization(std::vector<Header> headers, const std::string& value) {
  const auto is_authorization = [](const Header& header) {
    return ascii::equal_ignoring_case(header.name, "authorization");
  };
  if (!value.empty() && std::ranges::none_of(headers, is_authorization)) headers.push_back({"Authorization", value});
  return headers;
}

}  // namespace suzaku::client::core
