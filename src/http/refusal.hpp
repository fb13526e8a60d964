#pragma once

#include <string_view>

namespace suzaku::http {

/// Why a request is not taken: the status to answer, and the reason in words (a literal, so it lives for ever).
struct Refusal {
  int status = 400;
  std::string_view reason;
};

}  // namespace suzaku::http
