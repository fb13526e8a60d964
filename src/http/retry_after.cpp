#include "http/retry_after.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace suzaku::http {
namespace {

constexpr std::int64_t kSecondsADay = 86'400;

/// Reads a date from its front; ok() tells whether all that was expected was there.
class DateReader {
 public:
  explicit DateReader(std::string_view text) noexcept : rest_(text) {}

  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return ok_ && rest_.empty(); }

  void expect(std::string_view text) noexcept {
    ok_ = ok_ && rest_.starts_with(text);
    if (ok_) rest_.remove_prefix(text.size());
  }
  bool take(std::string_view text) noexcept {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  /// The name of a day, short or long.
  void skip_letters() noexcept {
    const auto end = std::ranges::find_if_not(rest_, ascii::is_letter);
    ok_ = ok_ && end != rest_.begin();
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
  }
  int digits(std::size_t count) noexcept {
    int number = 0;
    for (std::size_t i = 0; i < count && ok_; ++i) {
      ok_ = i < rest_.size() && ascii::is_digit(rest_[i]);
      if (ok_) number = number * 10 + (rest_[i] - '0');
    }
    if (ok_) rest_.remove_prefix(count);
    return number;
  }
  /// From 1.
  int month() noexcept {
    constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto found = std::ranges::find(kMonths, rest_.substr(0, 3));
    ok_ = ok_ && found != kMonths.end();
    if (ok_) rest_.remove_prefix(3);
    return static_cast<int>(found - kMonths.begin()) + 1;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Date {
  std::int64_t year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

void read_time(DateReader& reader, Date& date) noexcept {
  date.hour = reader.digits(2);
  reader.expect(":");
  date.minute = reader.digits(2);
  reader.expect(":");
  date.second = reader.digits(2);
}

/// Days since 1970 of a day of the Gregorian calendar. Years are counted from March on, so that the leap day is their
/// last.
constexpr std::int64_t days_since_1970(std::int64_t year, int month, int day) noexcept {
  if (month <= 2) --year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

int days_of_month(std::int64_t year, int month) noexcept {
  const std::int64_t next = month == 12 ? days_since_1970(year + 1, 1, 1) : days_since_1970(year, month + 1, 1);
  return static_cast<int>(next - days_since_1970(year, month, 1));
}

std::int64_t year_of(std::int64_t seconds) noexcept {
  return 1970 + seconds / (kSecondsADay * 1461 / 4);  // good enough to tell centuries apart
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now) noexcept {
  DateReader reader(text);
  Date date;
  reader.skip_letters();
  if (reader.take(", ")) {
    date.day = reader.digits(2);
    const bool is_short = reader.take("-");  // RFC 850
    if (!is_short) reader.expect(" ");
    date.month = reader.month();
    reader.expect(is_short ? "-" : " ");
    date.year = reader.digits(is_short ? 2 : 4);
    if (is_short) {
      const std::int64_t latest = year_of(now) + 50;
      date.year += (latest - date.year) / 100 * 100;
    }
    reader.expect(" ");
    read_time(reader, date);
    reader.expect(" GMT");
  } else {  // asctime()
    reader.expect(" ");
    date.month = reader.month();
    reader.expect(" ");
    date.day = reader.take(" ") ? reader.digits(1) : reader.digits(2);
    reader.expect(" ");
    read_time(reader, date);
    reader.expect(" ");
    date.year = reader.digits(4);
  }
  if (!reader.at_end() || date.day < 1 || date.day > days_of_month(date.year, date.month)) return std::nullopt;
  if (date.hour > 23 || date.minute > 59 || date.second > 60) return std::nullopt;  // 60: a leap second
  return days_since_1970(date.year, date.month, date.day) * kSecondsADay + date.hour * 3'600 + date.minute * 60 +
         date.second;
}

std::optional<std::int64_t> retry_after_ms(std::string_view value, std::int64_t now_ms) noexcept {
  if (!value.empty() && std::ranges::all_of(value, ascii::is_digit)) {
    std::int64_t seconds = 0;
    for (const char c : value) seconds = std::min(seconds * 10 + (c - '0'), kMaxRetryAfterMs / 1000);
    return seconds * 1000;
  }
  const auto date = parse_date(value, now_ms / 1000);
  if (!date) return std::nullopt;
  return std::clamp<std::int64_t>(*date * 1000 - now_ms, 0, kMaxRetryAfterMs);
}

}  // namespace suzaku::http
