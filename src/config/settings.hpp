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

/// What connections and agents of a bridge are both told.
namespace suzaku::config {

/// `restart`, `max_restarts` and `restart_period`
void read_restart(Mapping& mapping, signals::RestartOptions& options);

/// `filters`
void read_filters(Mapping& mapping, std::vector<signals::Filter>& filters);

/// `headers`; their values may be secret.
void read_headers(Mapping& mapping, std::vector<client::Header>& headers);

/// {first:, factor:, max:, jitter:}
void read_backoff(const Value& value, client::ExponentialBackoff& backoff);

/// An object; what is in it may be secret.
std::optional<Payload> read_object(const Value& value);

/// Complains of a URL without TLS in production, unless `allow_insecure`, or on this machine. `url` must be one.
void require_tls(const Value& value, const std::string& url, bool production, bool allow_insecure);

/// A parse: the place of a name among `names`, each the name of `what`, such as "an agent".
std::function<Result<std::size_t>(std::string_view)> one_of_names(std::string what, std::vector<std::string> names);

}  // namespace suzaku::config
