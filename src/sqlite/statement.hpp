#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "sqlite/database.hpp"

struct sqlite3_stmt;

namespace suzaku::sqlite {

using Blob = std::span<const std::byte>;

inline Blob as_blob(std::string_view text) noexcept {
  return std::as_bytes(std::span(text));
}
inline std::string_view as_text(Blob blob) noexcept {
  return {reinterpret_cast<const char*>(blob.data()), blob.size()};
}

/// A prepared statement. The database must outlive it. All functions throw Error. One thread at a time.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  /// Resets the statement and binds these parameters: integers, texts and blobs. Texts and blobs are not copied; they
  /// must stay valid until step() returns false, or reset().
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (put(++index, values), ...);
    return *this;
  }
  /// True: there is a row. False: there are no more rows, and the statement is reset.
  bool step();
  /// Ends the statement before its last row. Until then it may hold a lock.
  void reset() noexcept;

  // Columns of the current row, the first is 0. Texts and blobs are not copied; they are valid until the next step(),
  // bind() or reset().
  std::int64_t integer(int column) const noexcept;
  std::string_view text(int column) const;
  Blob blob(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  void put(int index, std::int64_t value);
  void put(int index, std::string_view text);
  void put(int index, Blob blob);
  Blob bytes(const void* found, int column) const;

  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace suzaku::sqlite
