#pragma once

#include <stdexcept>
#include <string>

namespace suzaku::sqlite {

/// What a caller can do about a failure.
enum class Code {
  busy,        // another connection has locked the file for longer than the busy timeout: try again later
  full,        // no room on the disk, or in the database: try again when there is room
  io,          // the file cannot be opened, read or written, for example because of a quota or a limit of its size
  corrupt,     // the file is damaged, or is not a database
  constraint,  // the statement would break a constraint of its table; nothing was changed
  other,       // for example wrong SQL, or no memory
};

/// The message has the path of the file and the text of SQLite.
class Error : public std::runtime_error {
 public:
  Error(Code code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Code code() const noexcept { return code_; }

 private:
  Code code_;
};

}  // namespace suzaku::sqlite
