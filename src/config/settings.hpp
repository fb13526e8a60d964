#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/options.hpp>
#include <suzaku/client/reconnect.hpp>
#include <suzaku/payload.hpp>
#include <suzaku/signals/filter.hpp>
#include <suzaku/signals/restart.hpp>

#include "config/mapping.hpp"

/// Settings that connections and agents of a bridge share.
namespace suzaku::config {

/// `restart`, `max_restarts` and `restart_period`
void read_restart(Mapping& mapping, signals::RestartOptions& options);

/// `filters`
void read_filters(Mapping& mapping, std::vector<signals::Filter>& filters);

/// Headers by name; their values may be secret.
std::vector<client::Header> read_headers(const Value& value);

/// {first:, factor:, max:, jitter:}
void read_backoff(const Value& value, client::ExponentialBackoff& backoff);

/// A text that may be secret, and is not empty.
std::optional<std::string> read_secret(const Value& value);

/// An object; what is in it may be secret.
std::optional<Payload> read_object(const Value& value);

/// `url`, which must be there and may be secret. `complaint`: what is wrong with it, or nothing. In production one
/// without TLS is a mistake, unless `allow_insecure` stands beside it, or it leads to this machine.
void read_url(Mapping& mapping, std::string& url, bool production,
              const std::function<std::optional<std::string>(const Text&)>& complaint);

/// A parse: the place of a name among `names`, each the name of `what`, such as "an agent".
std::function<Result<std::size_t>(std::string_view)> one_of_names(std::string what, std::vector<std::string> names);

}  // namespace suzaku::config
