#include "net/tls_failure.hpp"

#include <array>
#include <cstring>
#include <ctime>
#include <string_view>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/printable.hpp"

namespace suzaku::net {
namespace {

constexpr std::size_t kMaxNames = 5;  // of a certificate, in a text; some have hundreds

std::unique_ptr<Failure> tls_failure(std::string text) {
  return std::make_unique<Failure>(Failure{.text = std::move(text), .is_tls = true});
}

constexpr std::size_t kLongestName = 253;  // of a host, in DNS

/// Text from a peer's certificate, made printable.
std::string words_of(const ASN1_STRING* text) {
  const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  return printable({bytes, static_cast<std::size_t>(ASN1_STRING_length(text))}, kLongestName);
}

std::string name_in(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) return words_of(name.d.dNSName);
  if (name.type != GEN_IPADD) return {};
  const int family = ASN1_STRING_length(name.d.iPAddress) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(name.d.iPAddress) != 16) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const char* address = ::inet_ntop(family, ASN1_STRING_get0_data(name.d.iPAddress), text.data(), text.size());
  return address ? address : std::string();
}

/// The hosts of a certificate: its alternative names, or the common name of an old one.
std::string names_in(const X509* certificate) {
  std::string names;
  std::size_t count = 0;
  auto* found = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(found); ++i) {
    const std::string name = name_in(*sk_GENERAL_NAME_value(found, i));
    if (name.empty()) continue;
    if (++count > kMaxNames) continue;
    names += (names.empty() ? "" : ", ") + name;
  }
  GENERAL_NAMES_free(found);
  if (count > kMaxNames) names += " and " + std::to_string(count - kMaxNames) + " more";
  if (count > 0) return names;

  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return "nobody";
  return words_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

std::string day(const ASN1_TIME* time) {
  std::tm parts{};
  std::array<char, 32> text{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts)};
}

/// The certificate that the server showed, even when it was not accepted.
const X509* shown_certificate(SSL* ssl) {
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  return sk_X509_num(chain) > 0 ? sk_X509_value(chain, 0) : nullptr;
}

std::string explain_verification(SSL* ssl, const std::string& host) {
  const long code = SSL_get_verify_result(ssl);
  const X509* certificate = shown_certificate(ssl);
  const std::string whose = "the TLS certificate of " + host;
  const std::string why = X509_verify_cert_error_string(code);
  if (!certificate) return whose + " cannot be verified: " + why;
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      if (X509_cmp_current_time(X509_get0_notAfter(certificate)) >= 0)
        return whose +
               " was issued by an authority whose own certificate has expired; the server has to send a newer chain";
      return whose + " expired on " + day(X509_get0_notAfter(certificate)) +
             "; the server needs a new one (or the clock of this machine is wrong)";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + " is not valid before " + day(X509_get0_notBefore(certificate)) +
             "; check the clock of this machine";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return whose + " is for " + names_in(certificate) + ", not for " + host +
             "; connect by a name that it has, or give the server a certificate for this one";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return whose + " is self-signed, and nobody vouches for it; if it is the right one, give it as ca_file";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return whose + " was issued by an authority that is not trusted here (" + why +
             "); a custom one can be given as ca_file, and the server has to send its whole chain";
    default:
      return whose + " cannot be verified: " + why;
  }
}

/// TLS 1.3 has an alert for a missing certificate. In TLS 1.2 the server just closes the connection.
bool is_asked_for_certificate(SSL* ssl, int reason) {
  if (reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED) return true;
  if (reason != SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE && reason != SSL_R_SSLV3_ALERT_BAD_CERTIFICATE) return false;
  const unsigned char* types = nullptr;
  return SSL_get0_certificate_types(ssl, &types) > 0 && !SSL_get_certificate(ssl);
}

std::string explain_reason(SSL* ssl, int reason, const std::string& host) {
  if (is_asked_for_certificate(ssl, reason))
    return host + " wants a client certificate; give certificate_file and key_file";
  switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return explain_verification(ssl, host);
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return host + " does not accept our client certificate (" +
             ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason)) + "); check certificate_file and key_file";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
    case SSL_R_UNEXPECTED_MESSAGE:
      return "the other side does not speak TLS; check the port of " + host + ", or connect without TLS";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return host + " does not speak TLS 1.2 or 1.3, and older versions are not safe; the server needs an update";
    default:
      return {};
  }
}

/// An error that OpenSSL found itself, in what the peer sent.
std::unique_ptr<Failure> explain_tls(SSL* ssl, const std::string& host) {
  const unsigned long code = ERR_peek_error();
  std::string text;
  if (!host.empty() && ERR_GET_LIB(code) == ERR_LIB_SSL) text = explain_reason(ssl, ERR_GET_REASON(code), host);
  const std::string words = last_tls_error();
  return tls_failure(text.empty() ? "TLS failed: " + words : std::move(text));
}

}  // namespace

std::string last_tls_error() {
  const unsigned long code = ERR_get_error();
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  return reason ? reason : text.data();
}

std::unique_ptr<Failure> explain_handshake(SSL* ssl, int error, int system_error, const std::string& host) {
  if (error == SSL_ERROR_SSL) return explain_tls(ssl, host);
  ERR_clear_error();
  const bool reset = error == SSL_ERROR_SYSCALL && system_error != 0;
  return std::make_unique<Failure>(
      Failure{.text = (reset ? std::string(std::strerror(system_error)) : "the other side closed the connection") +
                      " during the TLS handshake; does this port speak TLS?"});
}

std::unique_ptr<Failure> explain_transfer(SSL* ssl, int error, int system_error, const std::string& host) {
  if (error == SSL_ERROR_SSL) return explain_tls(ssl, host);
  ERR_clear_error();
  if (error == SSL_ERROR_ZERO_RETURN || system_error == 0) return nullptr;
  return std::make_unique<Failure>(Failure{.text = std::strerror(system_error)});
}

}  // namespace suzaku::net
