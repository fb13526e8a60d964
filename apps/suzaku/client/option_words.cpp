#include "option_words.hpp"

#include <string_view>

#include <boost/algorithm/string/replace.hpp>

namespace suzaku::program {
namespace {

struct Words {
  std::string_view library, program;
};

/// Where a message about an option that cannot be begins with these.
constexpr Words kBeginnings[] = {
    {"params: ", "--param: "},    {"headers: ", "--header: "},           {"auth_token holds", "the token holds"},
    {"proxy is ", "--proxy is "}, {"tls.pinned_keys holds", "--pin is"},
};

/// Words that occur in no other meaning.
constexpr Words kAnywhere[] = {
    {"the params and the token are the same at each attempt",
     "the params and the token are the same at each attempt (a --token-file FILE is read at each)"},
    {"the function that gives the params or the token", "reading the token"},
    {"leave it out of the options", "leave it out"},
    {"add it to pinned_keys", "give it as --pin"},
    {"tls.certificate_file", "--cert"},
    {"tls.key_file", "--key"},
    {"certificate_file", "--cert"},
    {"key_file", "--key"},
    {"ca_file", "--ca-file"},
    {"the connect_timeout of ", ""},
    {"the tls_timeout of ", ""},
    {"the handshake_timeout of ", ""},
    {"more than max_message_size, ", "more than "},
    {"; call join() first", ""},
    {"leave() was called", "the channel was left"},
    {"disconnect() was called", "the connection was closed"},
    {"ended by this side", "the connection was closed"},
};

}  // namespace

std::string in_option_words(std::string message) {
  for (const auto& [library, program] : kBeginnings)
    if (message.starts_with(library)) message.replace(0, library.size(), program);
  for (const auto& [library, program] : kAnywhere) boost::algorithm::replace_all(message, library, program);
  return message;
}

}  // namespace suzaku::program
