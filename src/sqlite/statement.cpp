#include "sqlite/statement.hpp"

#include <sqlite3.h>

namespace suzaku::sqlite {
namespace {

/// SQLite takes a null pointer for NULL, also when the size is 0.
const char* not_null(std::string_view bytes) noexcept {
  return bytes.data() ? bytes.data() : "";
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  static_cast<void>(sqlite3_finalize(statement));  // returns the failure of the last step, which was thrown there
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* prepared = nullptr;
  const int result = sqlite3_prepare_v3(database.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  if (result != SQLITE_OK) database.fail(result);
  statement_.reset(prepared);
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) database_.fail(result);
  reset();
  return false;
}

void Statement::reset() noexcept {
  static_cast<void>(sqlite3_reset(statement_.get()));  // returns the failure of the last step, which was thrown there
}

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  return as_text(bytes(sqlite3_column_text(statement_.get(), column), column));
}

Blob Statement::blob(int column) const {
  return bytes(sqlite3_column_blob(statement_.get(), column), column);
}

/// No pointer is found for NULL, for an empty blob, and when there is no memory.
Blob Statement::bytes(const void* found, int column) const {
  if (found)
    return {static_cast<const std::byte*>(found),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
  if (const int result = sqlite3_errcode(database_.get()); result == SQLITE_NOMEM) database_.fail(result);
  return {};
}

void Statement::put(int index, std::int64_t value) {
  if (const int result = sqlite3_bind_int64(statement_.get(), index, value); result != SQLITE_OK)
    database_.fail(result);
}

void Statement::put(int index, std::string_view text) {
  const int result =
      sqlite3_bind_text64(statement_.get(), index, not_null(text), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (result != SQLITE_OK) database_.fail(result);
}

void Statement::put(int index, Blob blob) {
  const std::string_view bytes = as_text(blob);
  const int result = sqlite3_bind_blob64(statement_.get(), index, not_null(bytes), bytes.size(), SQLITE_STATIC);
  if (result != SQLITE_OK) database_.fail(result);
}

}  // namespace suzaku::sqlite
