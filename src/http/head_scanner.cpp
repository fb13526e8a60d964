#include "http/head_scanner.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace suzaku::http {
namespace {

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

tl::unexpected<Refusal> refuse(int status, std::string_view reason) {
  return tl::unexpected<Refusal>(Refusal{status, reason});
}

}  // namespace

tl::expected<bool, Refusal> HeadScanner::scan(std::string_view text) {
  const std::string_view head = text.substr(0, limit_);
  while (at_ < head.size()) {
    if (at_ == line_ && line_ != begin_ && is_blank(head[at_])) return refuse(400, "folded header line");
    at_ = static_cast<std::size_t>(std::find_if(head.begin() + at_, head.end(), ascii::is_control_but_tab) -
                                   head.begin());
    if (at_ == head.size()) break;
    if (head[at_] == '\n') return refuse(400, "line ends with LF alone");
    if (head[at_] != '\r') return refuse(400, "control character in the head");
    if (at_ + 1 == head.size()) break;  // the LF may still come
    if (head[at_ + 1] != '\n') return refuse(400, "CR without LF");

    const bool empty_line = at_ == line_;
    at_ += 2;
    line_ = at_;
    if (!empty_line) continue;
    if (at_ != 2) return true;
    begin_ = 2;
  }
  if (text.size() < limit_) return false;
  if (line_ == begin_) return refuse(414, "request line too long");
  return refuse(431, "headers too large");
}

}  // namespace suzaku::http
