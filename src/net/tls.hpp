#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

struct ssl_st;
struct ssl_ctx_st;

/// TLS 1.2 and 1.3 by OpenSSL, on sockets that are read and written when they are ready.
namespace suzaku::net {

/// Certificate and key, loaded. Immutable; connections hold on to the one they were accepted with, so that a new one
/// can be put in its place at any time.
class TlsContext {
 public:
  /// Reads PEM files: the certificate followed by its chain, and the private key.
  static Result<std::shared_ptr<const TlsContext>> load(const std::string& certificate_file,
                                                        const std::string& key_file);

  ssl_ctx_st* native() const noexcept { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// One server-side TLS session over a non-blocking socket.
class TlsSession {
 public:
  enum class Status { ok, want_read, want_write, closed };
  struct Transfer {
    Status status;
    std::size_t bytes = 0;
  };

  TlsSession(std::shared_ptr<const TlsContext> context, int socket);

  /// Reads what has come (and does the handshake before that).
  Transfer read(std::span<char> into);
  /// Writes; after want_read or want_write the same bytes must be offered again first.
  Transfer write(std::string_view bytes);
  /// True when decrypted bytes wait that no readiness of the socket will announce.
  bool pending() const noexcept;
  /// Sends close_notify, if it can go out at once.
  void shutdown() noexcept;

 private:
  Transfer finish(int result);

  struct Free {
    void operator()(ssl_st* ssl) const noexcept;
  };
  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
};

}  // namespace suzaku::net
