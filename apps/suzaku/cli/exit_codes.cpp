#include "exit_codes.hpp"

#include <string_view>

namespace suzaku::program {
namespace {

struct Row {
  int code;
  std::string_view meaning;
};

constexpr Row kTable[] = {
    {kDone, "done"},
    {kFailed, "anything else, such as a file that cannot be written"},
    {kBadUsage, "bad usage or bad input"},
    {kHostNotFound, "the host's name is not known (DNS)"},
    {kUnreachable, "nobody accepts connections there"},
    {kTlsFailed, "TLS failed, or the certificate is not good"},
    {kHttpRefused, "the server refused the connection, with HTTP 401, 403, 404, ..."},
    {kJoinRefused, "the server refused a join"},
    {kTimedOut, "no answer in time (--timeout)"},
    {kConnectionLost, "the connection was lost, or the server ended a channel"},
    {kPushRefused, "a push was answered with something other than ok"},
    {kNotPhoenix, "the server does not speak Phoenix Channels, or the proxy cannot be reached or refuses us"},
};

}  // namespace

std::string exit_codes_help() {
  std::string text = "Exit codes:\n";
  for (const auto& [code, meaning] : kTable) {
    text.append(code < 10 ? "   " : "  ").append(std::to_string(code)).append("  ").append(meaning).append("\n");
  }
  text.pop_back();
  return text;
}

}  // namespace suzaku::program
