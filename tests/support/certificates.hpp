#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

/// Keys and certificates made for a test.
namespace suzaku::test {

/// A folder that is gone with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct CertificateSpec {
  std::string name{};               // the common name
  std::string alternative_names{};  // "DNS:localhost,IP:127.0.0.1"
  bool is_authority = false;
  std::chrono::seconds valid_from{-60};  // from now
  std::chrono::seconds valid_until{3600};
};

/// A certificate with its private key.
class Certificate {
 public:
  /// Signed by `issuer`, or by itself.
  explicit Certificate(const CertificateSpec& spec, const Certificate* issuer = nullptr);

  /// Writes PEM files.
  void write(const std::string& certificate_file, const std::string& key_file) const;
  /// "sha256/BASE64" of the public key.
  std::string pin() const;

  x509_st* certificate() const noexcept { return certificate_.get(); }
  evp_pkey_st* key() const noexcept { return key_.get(); }

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

}  // namespace suzaku::test
