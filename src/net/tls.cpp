#include "net/tls.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <limits>
#include <new>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>

#include "net/tls_failure.hpp"

namespace suzaku::net {
namespace {

int to_int(std::size_t size) noexcept {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

/// WebSocket needs HTTP/1.1: take it when the client offers it, agree on nothing otherwise.
int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                unsigned offered_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept {
  SSL_CTX_free(context);
}
void TlsSession::Free::operator()(ssl_st* ssl) const noexcept {
  SSL_free(ssl);
}

TlsContext::TlsContext(Side side)
    : context_(SSL_CTX_new(side == Side::server ? TLS_server_method() : TLS_client_method())) {
  if (!context_) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(native(), TLS1_2_VERSION);
  SSL_CTX_set_options(native(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(native(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const std::string& certificate_file,
                                                           const std::string& key_file) {
  auto made = std::make_shared<TlsContext>(Side::server);
  SSL_CTX_set_alpn_select_cb(made->native(), choose_alpn, nullptr);
  if (auto used = made->use_certificate(certificate_file, key_file); !used) return tl::unexpected(used.error());
  return made;
}

Result<void> TlsContext::use_certificate(const std::string& certificate_file, const std::string& key_file) {
  if (SSL_CTX_use_certificate_chain_file(native(), certificate_file.c_str()) != 1)
    return failure(ErrorCode::invalid, "cannot use the TLS certificate " + certificate_file + ": " + last_tls_error());
  const bool used = SSL_CTX_use_PrivateKey_file(native(), key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  if (used ? SSL_CTX_check_private_key(native()) != 1
           : ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH) {
    ERR_clear_error();
    return failure(ErrorCode::invalid,
                   "the TLS key " + key_file + " does not belong to the certificate " + certificate_file);
  }
  if (!used) return failure(ErrorCode::invalid, "cannot use the TLS key " + key_file + ": " + last_tls_error());
  return {};
}

std::chrono::sys_seconds TlsContext::valid_until() const {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(native())), &time) != 1)
    return {};  // no time: passed
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&time)));
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, int socket)
    : context_(std::move(context)), ssl_(SSL_new(context_->native())) {
  if (!ssl_) throw std::bad_alloc();
  SSL_set_accept_state(ssl_.get());
  attach(socket);
}

void TlsSession::attach(int socket) {
  if (SSL_set_fd(ssl_.get(), socket) != 1) throw std::bad_alloc();
}

TlsSession::Status TlsSession::handshake() {
  if (established_) return Status::ok;
  const int result = SSL_do_handshake(ssl_.get());
  const int system_error = errno;
  if (result == 1) {
    failure_ = check_pin();
    established_ = !failure_;
    return established_ ? Status::ok : Status::closed;
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ ? Status::want_read : Status::want_write;
  }
  failure_ = explain_handshake(ssl_.get(), error, system_error, host_);
  return Status::closed;
}

TlsSession::Transfer TlsSession::finish(int result) {
  if (result > 0) return {Status::ok, static_cast<std::size_t>(result)};
  const int system_error = errno;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    ERR_clear_error();
    return {error == SSL_ERROR_WANT_READ ? Status::want_read : Status::want_write};
  }
  failure_ = explain_transfer(ssl_.get(), error, system_error, host_);
  return {Status::closed};
}

TlsSession::Transfer TlsSession::read(std::span<char> into) {
  return finish(SSL_read(ssl_.get(), into.data(), to_int(into.size())));
}

TlsSession::Transfer TlsSession::write(std::string_view bytes) {
  return finish(SSL_write(ssl_.get(), bytes.data(), to_int(bytes.size())));
}

bool TlsSession::pending() const noexcept {
  return SSL_pending(ssl_.get()) > 0;
}

void TlsSession::shutdown() noexcept {
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace suzaku::net
