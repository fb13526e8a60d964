#include "net/tls.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace suzaku::net {
namespace {

std::string last_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

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

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const std::string& certificate_file,
                                                           const std::string& key_file) {
  auto made = std::make_shared<TlsContext>();
  made->context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = made->context_.get();
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context, choose_alpn, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
    return failure("cannot use the TLS certificate " + certificate_file + ": " + last_error());
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return failure("cannot use the TLS key " + key_file + ": " + last_error());
  if (SSL_CTX_check_private_key(context) != 1)
    return failure("the TLS key " + key_file + " does not belong to the certificate " + certificate_file);
  return made;
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, int socket)
    : context_(std::move(context)), ssl_(SSL_new(context_->native())) {
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1) throw std::bad_alloc();
  SSL_set_accept_state(ssl_.get());
}

TlsSession::Transfer TlsSession::finish(int result) {
  if (result > 0) return {Status::ok, static_cast<std::size_t>(result)};
  const int error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ) return {Status::want_read};
  if (error == SSL_ERROR_WANT_WRITE) return {Status::want_write};
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
