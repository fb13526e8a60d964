#pragma once

#include <memory>
#include <string>

#include "net/failure.hpp"

struct ssl_st;

/// OpenSSL's errors in words that say what to do. Each function empties OpenSSL's queue of errors.
namespace suzaku::net {

/// The last error of OpenSSL, in its own words.
std::string last_tls_error();

/// Why a handshake has failed. `error` is what SSL_get_error() said, `system_error` was in errno, `host` is the
/// server that a client asked for (empty on a server).
std::unique_ptr<Failure> explain_handshake(ssl_st* ssl, int error, int system_error, const std::string& host);

/// Why reading or writing has failed after the handshake.
std::unique_ptr<Failure> explain_transfer(ssl_st* ssl, int error, int system_error, const std::string& host);

}  // namespace suzaku::net
