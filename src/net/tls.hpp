#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/result.hpp>

#include "net/failure.hpp"

struct ssl_st;
struct ssl_ctx_st;

/// TLS 1.2 and 1.3 by OpenSSL, on sockets that are read and written when they are ready.
namespace suzaku::net {

/// How a client verifies the server, and what it shows of itself. Files are PEM.
struct TlsClientOptions {
  bool verify = true;              // the certificate of the server, and that it is for the host
  std::string ca_file{};           // the authorities to trust instead of those of the system
  std::string certificate_file{};  // for servers that ask for one, followed by its chain
  std::string key_file{};          // of that certificate
  /// "sha256/BASE64" of the public key (SubjectPublicKeyInfo) in the server's own certificate. If there are any, the
  /// key must be one of them, whatever `verify` says.
  std::vector<std::string> pinned_keys{};
};

/// Loaded certificates and keys. Immutable; any number of sessions on any thread share it. A connection keeps the one
/// that it was made with, so it can be replaced at any time.
class TlsContext {
 public:
  enum class Side { server, client };

  /// Reads PEM files: the certificate followed by its chain, and the private key.
  static Result<std::shared_ptr<const TlsContext>> load(const std::string& certificate_file,
                                                        const std::string& key_file);

  /// For connections to servers: TLS 1.2 or 1.3, ALPN "http/1.1". Reads files, the system's authorities take some 50
  /// ms: make it once.
  static Result<std::shared_ptr<const TlsContext>> for_client(const TlsClientOptions& options);

  /// One without certificates; use load() or for_client().
  explicit TlsContext(Side side);

  /// When the certificate expires. Only for contexts that have one.
  std::chrono::sys_seconds valid_until() const;
  const std::vector<std::string>& pinned_keys() const noexcept { return pinned_keys_; }
  ssl_ctx_st* native() const noexcept { return context_.get(); }

 private:
  Result<void> use_certificate(const std::string& certificate_file, const std::string& key_file);

  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::vector<std::string> pinned_keys_;
};

/// One TLS session over a non-blocking socket: the handshake first, then bytes.
class TlsSession {
 public:
  enum class Status { ok, want_read, want_write, closed };
  struct Transfer {
    Status status;
    std::size_t bytes = 0;
  };

  /// The server's side.
  TlsSession(std::shared_ptr<const TlsContext> context, int socket);
  /// The client's side: `host`, a name or an IP address (without brackets), is who the server has to be. attach() it to
  /// a socket before anything else. Throws std::invalid_argument when it can be neither.
  TlsSession(std::shared_ptr<const TlsContext> context, std::string host);
  void attach(int socket);

  /// Goes on with the handshake. `ok`: it is done, the peer's certificate and key are as they should be.
  Status handshake();
  bool is_established() const noexcept { return established_; }

  /// Reads what has come.
  Transfer read(std::span<char> into);
  /// Writes; after want_read or want_write the same bytes must be offered again first.
  Transfer write(std::string_view bytes);
  /// True when decrypted bytes wait here; the socket does not become readable for them.
  bool pending() const noexcept;
  /// Sends close_notify if the socket takes it now.
  void shutdown() noexcept;

  /// After `closed`: why; null when the peer has closed in good order.
  std::unique_ptr<Failure> take_failure() noexcept { return std::move(failure_); }

 private:
  Transfer finish(int result);
  std::unique_ptr<Failure> check_pin() const;

  struct Free {
    void operator()(ssl_st* ssl) const noexcept;
  };
  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
  std::string host_;  // the server that a client asks for
  std::unique_ptr<Failure> failure_;
  bool established_ = false;
};

}  // namespace suzaku::net
