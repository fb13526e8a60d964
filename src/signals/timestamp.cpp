#include "signals/timestamp.hpp"

#include <cstddef>
#include <cstdint>

#include "base/ascii.hpp"

namespace suzaku::signals {
namespace {

using namespace std::chrono;

void append_digits(std::string& out, std::uint32_t value, std::size_t digits) {
  char text[9];
  for (std::size_t i = digits; i > 0; --i, value /= 10) text[i - 1] = static_cast<char>('0' + value % 10);
  out.append(text, digits);
}

/// Reads a text from its beginning. After the first mismatch is_done() is false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (; count > 0; --count) value = value * 10 + digit();
    return value;
  }
  /// Reads one of these characters, and returns it.
  char one_of(std::string_view wanted) {
    if (rest_.empty() || wanted.find(rest_.front()) == wanted.npos) return fail();
    return take();
  }
  nanoseconds fraction() {
    if (rest_.empty() || rest_.front() != '.') return {};
    take();
    std::int64_t value = digit();
    std::int64_t unit = 100'000'000;
    value *= unit;
    while (!rest_.empty() && ascii::is_digit(rest_.front())) value += (take() - '0') * (unit /= 10);
    return nanoseconds(value);
  }
  bool is_done() const noexcept { return !failed_ && rest_.empty(); }

 private:
  int digit() { return !rest_.empty() && ascii::is_digit(rest_.front()) ? take() - '0' : fail(); }
  char take() {
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return first;
  }
  char fail() {
    failed_ = true;
    return '\0';
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace

void append_timestamp(std::string& out, Time time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const auto since_midnight = static_cast<std::uint64_t>(duration_cast<nanoseconds>(time - day).count());
  const auto second = static_cast<std::uint32_t>(since_midnight / 1'000'000'000);
  const auto nanosecond = static_cast<std::uint32_t>(since_midnight % 1'000'000'000);
  append_digits(out, static_cast<std::uint32_t>(static_cast<int>(date.year())), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, second / 3600, 2);
  out += ':';
  append_digits(out, second / 60 % 60, 2);
  out += ':';
  append_digits(out, second % 60, 2);
  out += '.';
  if (nanosecond % 1000 == 0) {
    append_digits(out, nanosecond / 1000, 6);
  } else {
    append_digits(out, nanosecond, 9);
  }
  out += 'Z';
}

std::optional<Time> parse_timestamp(std::string_view text) {
  Scanner scanner(text);
  const year y(scanner.digits(4));
  scanner.one_of("-");
  const month m(static_cast<unsigned>(scanner.digits(2)));
  scanner.one_of("-");
  const day d(static_cast<unsigned>(scanner.digits(2)));
  scanner.one_of("Tt");
  const hours hour(scanner.digits(2));
  scanner.one_of(":");
  const minutes minute(scanner.digits(2));
  scanner.one_of(":");
  const seconds second(scanner.digits(2));
  const nanoseconds fraction = scanner.fraction();
  minutes offset{};
  if (const char sign = scanner.one_of("Zz+-"); sign == '+' || sign == '-') {
    const hours offset_hour(scanner.digits(2));
    scanner.one_of(":");
    const minutes offset_minute(scanner.digits(2));
    if (offset_hour.count() > 23 || offset_minute.count() > 59) return std::nullopt;
    offset = (sign == '+' ? 1 : -1) * (offset_hour + offset_minute);
  }
  const year_month_day date = y / m / d;
  if (!scanner.is_done() || !date.ok() || hour.count() > 23 || minute.count() > 59 || second.count() > 60)
    return std::nullopt;
  if (y < year(1678) || y > year(2261)) return std::nullopt;  // the range of 64 bits of nanoseconds
  return Time(sys_days(date)) + hour + minute + second + fraction - offset;
}

}  // namespace suzaku::signals
