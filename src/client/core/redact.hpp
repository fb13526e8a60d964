#pragma once

#include <span>
#include <string>
#include <string_view>

/// Hides secrets in texts for people. `secrets` are words: a name that contains one of them, whatever the case
/// of its ASCII letters, has its value replaced by "[redacted]". All other text stays byte for byte as it is.
namespace suzaku::client::core {

/// Hides values of the query ("user[token]" is a name there), and the name and password before the host.
std::string redact_url(std::string_view url, std::span<const std::string> secrets);

/// Hides members of objects, at any depth. Of text that is not JSON, only the size is shown.
std::string redact_json(std::string_view text, std::span<const std::string> secrets);

}  // namespace suzaku::client::core
