#pragma once

#include <cerrno>

#include <suzaku/result.hpp>

namespace suzaku {

/// The kind of a failure of the system: an errno.
constexpr ErrorCode system_code(int error) noexcept {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case EADDRNOTAVAIL:
      return ErrorCode::not_found;
    case EEXIST:
      return ErrorCode::exists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::refused;
    case EADDRINUSE:
    case EBUSY:
    case ETXTBSY:
      return ErrorCode::busy;
    case EAGAIN:
    case ECONNREFUSED:
      return ErrorCode::unavailable;
    case ETIMEDOUT:
      return ErrorCode::timeout;
    case EFBIG:
    case ENAMETOOLONG:
      return ErrorCode::too_large;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::full;
    default:
      return ErrorCode::io;
  }
}

}  // namespace suzaku
