#include "daemon/known_secrets.hpp"

#include <string>
#include <utility>
#include <vector>

namespace suzaku::daemon {
namespace {

using Found = std::vector<std::string>;

/// `find` gives the secrets in a value.
template <class Value, class Attempt, class Find>
void watch(client::Source<Value, Attempt>& source, config::Secrets& secrets, Find find) {
  if (const auto* const function = source.function()) {
    source = [function = *function, &secrets, find](const Attempt& attempt) {
      auto value = function(attempt);
      if (value)
        for (const std::string& secret : find(*value)) secrets.add_rotated(secret);
      return value;
    };
  } else {
    for (const std::string& secret : find(source.value())) secrets.add(secret);
  }
}

}  // namespace

void add_secrets(bridge::ConnectionOptions& options, config::Secrets& secrets) {
  const auto in_params = [&secrets](const Payload& params) { return secrets.secrets_in(params.json()); };
  const auto in_headers = [&secrets](const std::vector<client::Header>& headers) {
    JsonObject all;
    for (const auto& [name, value] : headers) all[name] = value;
    return secrets.secrets_in(Json(std::move(all)));
  };
  watch(options.auth_token, secrets, [](const std::string& token) { return Found{token}; });
  watch(options.params, secrets, in_params);
  watch(options.headers, secrets, in_headers);
  for (auto& [topic, params] : options.auto_join_channels) watch(params, secrets, in_params);
}

}  // namespace suzaku::daemon
