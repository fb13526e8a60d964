#include "chat_channel.hpp"

#include <cstddef>
#include <string>

namespace suzaku::program {
namespace {

// In bytes of UTF-8: more than the page's own limits ever come to.
constexpr std::size_t kLongestName = 256;
constexpr std::size_t kLongestText = 8192;
constexpr std::size_t kLongestPayload = 65'536;  // as JSON: room for escapes and for members of the page's own

/// What is wrong with a member of a shout; empty when nothing is.
std::string complaint(const JsonObject& shout, std::string_view member, std::size_t longest) {
  const Json* const value = shout.if_contains({member.data(), member.size()});
  if (value && value->is_string() && !value->get_string().empty() && value->get_string().size() <= longest) return {};
  return std::string(member) + " must be a string of 1 to " + std::to_string(longest) + " bytes";
}

std::string complaint(const Payload& shout) {
  if (!shout.is_object()) return "a shout must be an object with the strings name and text";
  if (shout.raw().size() > kLongestPayload)
    return "a shout must have at most " + std::to_string(kLongestPayload) + " bytes";
  const JsonObject& members = shout.json().get_object();
  const std::string about_name = complaint(members, "name", kLongestName);
  return about_name.empty() ? complaint(members, "text", kLongestText) : about_name;
}

}  // namespace

server::JoinResult ChatChannel::join(std::string_view, const Payload&) {
  return ok();
}

server::HandleResult ChatChannel::handle_in(std::string_view event, const Payload& payload) {
  if (event != "shout") return reply_error({{"reason", "unknown event; a room knows shout"}});
  if (const std::string wrong = complaint(payload); !wrong.empty()) return reply_error({{"reason", wrong}});
  broadcast("shout", payload);
  return reply_ok();
}

}  // namespace suzaku::program
