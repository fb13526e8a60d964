#pragma once
// The built pages of web/, as they were when the program was linked: it serves them from any folder.

#include <span>
#include <string_view>

namespace suzaku::web {

struct Page {
  std::string_view path;          // as requested: "/", "/app.js"
  std::string_view content_type;  // with charset where it is text
  std::string_view body;
  std::string_view etag;  // quoted, strong; changes with the body
};

// Every page, in no particular order. Lives as long as the program.
std::span<const Page> pages() noexcept;

}  // namespace suzaku::web
