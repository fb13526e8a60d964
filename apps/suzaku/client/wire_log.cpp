#include "wire_log.hpp"

#include <cstdio>
#include <string>

#include "base/base64.hpp"
#include "base/printable.hpp"

namespace suzaku::program {
namespace {

using Kind = client::WireEvent::Kind;

std::string words(const client::WireEvent& event) {
  switch (event.kind) {
    case Kind::connecting:
      return "* connecting to " + printable(event.text);
    case Kind::opened:
      return "* open";
    case Kind::closed:
      return "* closed: " + printable(event.text);
    case Kind::sent:
    case Kind::received:
      break;
  }
  const std::string text = event.is_binary ? std::to_string(event.text.size()) + " bytes: " + base64(event.text)
                                           : printable_json(event.text);
  return (event.kind == Kind::sent ? "> " : "< ") + text;
}

const char* color(Kind kind) {
  switch (kind) {
    case Kind::sent:
      return "\x1b[32m";  // green
    case Kind::received:
      return "\x1b[36m";  // cyan
    default:
      return "\x1b[2m";  // faint
  }
}

}  // namespace

std::function<void(const client::WireEvent&)> wire_log(bool colors) {
  return [colors](const client::WireEvent& event) {
    std::string line = words(event);
    if (colors) line = color(event.kind) + line + "\x1b[0m";
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
}

}  // namespace suzaku::program
