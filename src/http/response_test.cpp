#include "http/response.hpp"

#include <ctime>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace suzaku::http {
namespace {

constexpr std::string_view kDate = "date: ";

/// The bytes with the date, which changes, put aside.
std::string without_date(std::string bytes) {
  const std::size_t start = bytes.find(kDate);
  return bytes.erase(start, bytes.find('\n', start) + 1 - start);
}

TEST(Response, is_serialized_with_length_and_connection) {
  EXPECT_EQ(without_date(serialize(Response::text(404, "Not here"), true)),
            "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\n"
            "x-content-type-options: nosniff\r\ncontent-length: 8\r\n"
            "connection: keep-alive\r\n\r\nNot here");
  EXPECT_EQ(without_date(serialize({.status = 403, .headers = {}, .body = ""}, false)),
            "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
}

TEST(Response, carries_the_date_as_http_writes_it) {
  const std::string bytes = serialize({}, true);
  const std::string date = bytes.substr(bytes.find(kDate) + kDate.size(), 29);
  std::tm utc{};
  const char* end = strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  ASSERT_EQ(end, date.c_str() + date.size()) << date;
  EXPECT_NEAR(static_cast<double>(timegm(&utc)), static_cast<double>(std::time(nullptr)), 5);
}

TEST(Response, keeps_the_length_but_not_the_body_for_head) {
  EXPECT_EQ(without_date(serialize({.status = 200, .headers = {}, .body = "abc"}, true, true)),
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: keep-alive\r\n\r\n");
}

TEST(Response, has_neither_body_nor_length_where_http_forbids_them) {
  for (const int status : {204, 304})
    EXPECT_EQ(without_date(serialize({.status = status, .headers = {}, .body = "x"}, true)),
              "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason_phrase(status)) +
                  "\r\nconnection: keep-alive\r\n\r\n");
  EXPECT_EQ(without_date(serialize({.status = 101, .headers = {{"connection", "Upgrade"}}, .body = ""}, true)),
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n\r\n");
}

TEST(Response, that_would_split_the_answer_is_a_broken_promise) {
  for (const std::string value : {"a\r\nx: y", "a\nb", "a\rb", "a\x01", "a\x7f"})
    EXPECT_THROW(serialize({.status = 200, .headers = {{"x", value}}, .body = ""}, true), std::invalid_argument);
  EXPECT_THROW(serialize({.status = 200, .headers = {{"x", std::string(1, '\0')}}, .body = ""}, true),
               std::invalid_argument);
  for (const std::string name : {"", "x y", "x:", "x\r\n"})
    EXPECT_THROW(serialize({.status = 200, .headers = {{name, "v"}}, .body = ""}, true), std::invalid_argument);
  EXPECT_NO_THROW(serialize({.status = 200, .headers = {{"x", "a\tb \xc3\xa9"}}, .body = ""}, true));
}

TEST(ReasonPhrase, names_every_status_that_the_request_parser_refuses_with) {
  for (const int status : {400, 413, 414, 417, 431, 501, 505}) EXPECT_NE(reason_phrase(status), "Unknown") << status;
  EXPECT_EQ(reason_phrase(299), "Unknown");
}

}  // namespace
}  // namespace suzaku::http
