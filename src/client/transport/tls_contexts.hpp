#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <suzaku/client/options.hpp>
#include <suzaku/result.hpp>

#include "net/tls.hpp"

namespace suzaku::client::transport {

/// The TLS contexts of a loop's connections: those with equal options share one, because making one reads all
/// certificate authorities of the system. Files that have changed are read again for the next connection. Keeps the
/// contexts that were used last. Not for several threads at once.
class TlsContexts {
 public:
  static constexpr std::size_t kMost = 16;

  /// Fails, with a text for the user, when a file cannot be used.
  Result<std::shared_ptr<const net::TlsContext>> get(const TlsOptions& options);

  std::size_t size() const noexcept { return entries_.size(); }

 private:
  using Times = std::vector<std::filesystem::file_time_type>;
  struct Entry {
    net::TlsClientOptions options;
    Times written;  // when the files that the options name were written
    std::shared_ptr<const net::TlsContext> context;
  };

  std::vector<Entry> entries_;  // in the order of their last use
};

}  // namespace suzaku::client::transport
