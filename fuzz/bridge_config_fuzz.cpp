// Configurations of a bridge: whatever the text, there are mistakes with a place and a message, or there is a
// connection.
#include <cstdint>
#include <optional>
#include <string>

#include "config/bridge_config.hpp"
#include "serializer_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using suzaku::protocol::fuzz::require;
  using namespace suzaku::config;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string secret = "s3cret-of-the-environment";
  const auto environment = [&](const std::string& name) {
    return name == "SECRET" ? std::optional(secret) : std::nullopt;
  };
  const auto config = read_bridge_config(text, "a.yaml", environment);
  kind_of_config(text);
  if (config) {
    require(!config->connections.empty());
    return 0;
  }
  require(!config.error().empty());
  for (const auto& [place, message] : config.error()) {
    require(place.starts_with("a.yaml:") && !message.empty());
    // It may stand in the text itself.
    require(text.find(secret) != text.npos || message.find(secret) == message.npos);
  }
  return 0;
}
