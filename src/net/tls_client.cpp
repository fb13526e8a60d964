// The client's side of TLS: the authorities it trusts, and how it verifies the server.

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/tls.hpp"
#include "net/tls_failure.hpp"

namespace suzaku::net {
namespace {

constexpr std::string_view kPinPrefix = "sha256/";
constexpr std::size_t kDigest = 32;
constexpr std::size_t kDigestBase64 = 44;  // with one '=' at the end

bool is_pin(std::string_view text) {
  if (!text.starts_with(kPinPrefix)) return false;
  text.remove_prefix(kPinPrefix.size());
  if (text.size() != kDigestBase64 || text.find('=') != kDigestBase64 - 1) return false;
  std::array<unsigned char, kDigest + 1> digest;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  return EVP_DecodeBlock(digest.data(), bytes, kDigestBase64) == static_cast<int>(digest.size());
}

/// The pin that the certificate would have.
std::string pin_of(const X509* certificate) {
  unsigned char* key = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
  std::array<unsigned char, kDigest> digest;
  const bool made =
      size > 0 && EVP_Digest(key, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr) == 1;
  OPENSSL_free(key);
  if (!made) throw std::bad_alloc();
  std::array<unsigned char, kDigestBase64 + 1> text;
  EVP_EncodeBlock(text.data(), digest.data(), kDigest);
  return std::string(kPinPrefix) + reinterpret_cast<const char*>(text.data());
}

Result<void> trust(SSL_CTX* context, const std::string& ca_file) {
  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    ERR_clear_error();  // a system without authorities is reported when a certificate cannot be verified
    return {};
  }
  if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1)
    return failure(ErrorCode::invalid,
                   "cannot use the CA certificates in " + ca_file + ": " + last_tls_error() + "; expected a PEM file");
  return {};
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::for_client(const TlsClientOptions& options) {
  for (const std::string& pin : options.pinned_keys) {
    if (!is_pin(pin))
      return failure(ErrorCode::invalid,
                     "cannot use the pinned key \"" + pin +
                         "\"; expected sha256/ and the SHA-256 of a public key in Base64 (44 characters)");
  }
  if (options.certificate_file.empty() != options.key_file.empty())
    return failure(ErrorCode::invalid, "a client certificate needs both certificate_file and key_file");

  auto made = std::make_shared<TlsContext>(Side::client);
  SSL_CTX* context = made->native();
  made->pinned_keys_ = options.pinned_keys;
  SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  static constexpr std::string_view kHttp11 = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(kHttp11.data()), kHttp11.size());
  if (options.verify) {
    if (auto trusted = trust(context, options.ca_file); !trusted) return tl::unexpected(trusted.error());
  }
  if (!options.certificate_file.empty()) {
    if (auto used = made->use_certificate(options.certificate_file, options.key_file); !used)
      return tl::unexpected(used.error());
  }
  return made;
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, std::string host)
    : context_(std::move(context)), ssl_(SSL_new(context_->native())), host_(std::move(host)) {
  if (!ssl_) throw std::bad_alloc();
  SSL_set_connect_state(ssl_.get());
  std::string name = host_;
  if (name.ends_with('.')) name.pop_back();  // DNS writes the root as a dot at the end; certificates do not
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl_.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, name.substr(0, name.find('%')).c_str()) == 1) return;
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (name.empty() || X509_VERIFY_PARAM_set1_host(wanted, name.data(), name.size()) != 1 ||
      SSL_set_tlsext_host_name(ssl_.get(), name.c_str()) != 1) {
    ERR_clear_error();
    throw std::invalid_argument("not a host name for TLS: \"" + host_ + "\"");
  }
}

std::unique_ptr<Failure> TlsSession::check_pin() const {
  const std::vector<std::string>& pins = context_->pinned_keys();
  if (pins.empty()) return nullptr;
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  const std::string shown = certificate ? pin_of(certificate) : "none";
  if (std::ranges::find(pins, shown) != pins.end()) return nullptr;
  return std::make_unique<Failure>(
      Failure{.text = "the TLS certificate of " + host_ + " has the public key " + shown +
                      ", which is not pinned; if the server was given this key on purpose, add it to pinned_keys",
              .is_tls = true});
}

}  // namespace suzaku::net
