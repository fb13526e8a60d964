#include "support/certificates.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace suzaku::test {
namespace {

void add_extension(X509* certificate, int kind, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()), X509_EXTENSION_free);
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    throw std::runtime_error("not an extension of a certificate: " + value);
}

template <class Write>
void write_file(const std::string& path, Write write) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
  if (!file || write(file.get()) != 1) throw std::runtime_error("cannot write " + path);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "suzaku_test_XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Certificate::Certificate(const CertificateSpec& spec, const Certificate* issuer)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  X509* certificate = certificate_.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer ? 2 : 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), spec.valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate), spec.valid_until.count());
  X509_set_pubkey(certificate, key_.get());
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* name = reinterpret_cast<const unsigned char*>(spec.name.c_str());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0);
  X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer->certificate()) : subject);
  if (spec.is_authority) add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  if (!spec.alternative_names.empty()) add_extension(certificate, NID_subject_alt_name, spec.alternative_names);
  if (X509_sign(certificate, issuer ? issuer->key() : key_.get(), EVP_sha256()) == 0)
    throw std::runtime_error("cannot sign a certificate");
}

void Certificate::write(const std::string& certificate_file, const std::string& key_file) const {
  write_file(certificate_file, [&](std::FILE* file) { return PEM_write_X509(file, certificate_.get()); });
  write_file(key_file, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string Certificate::pin() const {
  unsigned char* key = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &key);
  std::array<unsigned char, 32> digest{};
  EVP_Digest(key, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(key);
  std::array<unsigned char, 45> text{};
  EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return std::string("sha256/") + reinterpret_cast<const char*>(text.data());
}

}  // namespace suzaku::test
