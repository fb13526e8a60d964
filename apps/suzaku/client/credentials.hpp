#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <suzaku/client/options.hpp>

#include "cli/failure.hpp"
#include "config/secrets.hpp"

/// Credentials from the command line. Failures do not show them.
namespace suzaku::program {

/// An object of "NAME=VALUE" (a string) and "NAME:=JSON". Later ones win, and all of them over the members of the JSON
/// object in `file`, if there is one. `option` is its name, for failures.
OrFailure<Payload> read_params(const std::string& option, const std::vector<std::string>& params,
                               const std::optional<std::string>& file);

/// Of "NAME: VALUE".
OrFailure<std::vector<client::Header>> read_headers(const std::vector<std::string>& headers);

/// The token: `given`, or what is in `file` at each attempt to connect, or the environment's SUZAKU_TOKEN; or none. It
/// is added to `secrets`.
OrFailure<client::AuthToken> read_token(const std::optional<std::string>& given, const std::optional<std::string>& file,
                                        const std::shared_ptr<config::Secrets>& secrets);

}  // namespace suzaku::program
