#include "client/transport/tls_contexts.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

namespace suzaku::client::transport {
namespace {

bool same(const net::TlsClientOptions& a, const net::TlsClientOptions& b) {
  const auto members = [](const net::TlsClientOptions& options) {
    return std::tie(options.verify, options.ca_file, options.certificate_file, options.key_file, options.pinned_keys);
  };
  return members(a) == members(b);
}

}  // namespace

Result<std::shared_ptr<const net::TlsContext>> TlsContexts::get(const TlsOptions& options) {
  net::TlsClientOptions wanted{.verify = options.verify,
                               .ca_file = options.ca_file,
                               .certificate_file = options.certificate_file,
                               .key_file = options.key_file,
                               .pinned_keys = options.pinned_keys};
  Times written;
  for (const std::string& file : {wanted.ca_file, wanted.certificate_file, wanted.key_file}) {
    std::error_code none;  // a missing file has a time too; reading it fails
    written.push_back(std::filesystem::last_write_time(file, none));
  }

  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return same(entry.options, wanted); });
  if (found != entries_.end() && found->written == written) {
    std::rotate(found, found + 1, entries_.end());
    return entries_.back().context;
  }
  if (found != entries_.end()) entries_.erase(found);
  auto context = net::TlsContext::for_client(wanted);
  if (!context) return tl::unexpected(context.error());
  if (entries_.size() == kMost) entries_.erase(entries_.begin());
  entries_.push_back({std::move(wanted), std::move(written), *context});
  return *std::move(context);
}

}  // namespace suzaku::client::transport
