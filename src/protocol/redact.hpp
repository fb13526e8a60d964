#pragma once

#include <span>
#include <string>
#include <string_view>

/// Hides secrets in JSON that is shown to people. `secrets` are words: a name that contains one of them, whatever the
/// case of its ASCII letters, has its value hidden.
namespace suzaku::protocol {

/// A name whose value is to be hidden.
bool is_secret(std::string_view name, std::span<const std::string> secrets);

/// Valid JSON with the string `instead` for the values of such members of objects, at any depth. All other text stays
/// byte for byte as it is.
std::string redact_json(std::string_view json, std::span<const std::string> secrets, std::string_view instead);

}  // namespace suzaku::protocol
