#include "sinks/webhook_answer.hpp"

#include <algorithm>
#include <array>

#include "protocol/try_again.hpp"

namespace suzaku::sinks {
namespace {

struct Rule {
  int status;
  Verdict verdict;
};

constexpr std::array kRules = {
    // Caused by the event.
    Rule{400, Verdict::refused},  // Bad Request
    Rule{409, Verdict::refused},  // Conflict
    Rule{413, Verdict::refused},  // Content Too Large
    Rule{414, Verdict::refused},  // URI Too Long
    Rule{415, Verdict::refused},  // Unsupported Media Type
    Rule{422, Verdict::refused},  // Unprocessable Content
    Rule{431, Verdict::refused},  // Request Header Fields Too Large
    // Caused by the account, the proxy, the route, a lock, or the law.
    Rule{401, Verdict::unavailable},  // Unauthorized
    Rule{402, Verdict::unavailable},  // Payment Required
    Rule{403, Verdict::unavailable},  // Forbidden
    Rule{404, Verdict::unavailable},  // Not Found
    Rule{405, Verdict::unavailable},  // Method Not Allowed
    Rule{407, Verdict::unavailable},  // Proxy Authentication Required
    Rule{421, Verdict::unavailable},  // Misdirected Request
    Rule{423, Verdict::unavailable},  // Locked
    Rule{424, Verdict::unavailable},  // Failed Dependency
    Rule{426, Verdict::unavailable},  // Upgrade Required
    Rule{428, Verdict::unavailable},  // Precondition Required
    Rule{451, Verdict::unavailable},  // Unavailable For Legal Reasons
    Rule{502, Verdict::unavailable},  // Bad Gateway
    Rule{503, Verdict::unavailable},  // Service Unavailable
    Rule{504, Verdict::unavailable},  // Gateway Timeout
    Rule{511, Verdict::unavailable},  // Network Authentication Required
    // For all events, permanently.
    Rule{410, Verdict::gone},  // Gone
};

}  // namespace

Verdict verdict_of(int status) noexcept {
  if (status >= 200 && status < 300) return Verdict::delivered;
  if (status >= 300 && status < 400) return Verdict::unavailable;  // redirections are not followed
  if (status < 500 && protocol::may_try_again_after_http(status)) return Verdict::unavailable;
  const auto rule = std::ranges::find(kRules, status, &Rule::status);
  return rule == kRules.end() ? Verdict::failed : rule->verdict;
}

}  // namespace suzaku::sinks
