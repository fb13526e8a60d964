#include "config/document.hpp"

#include <utility>

#include "config/reading.hpp"
#include "config/text_file.hpp"
#include "config/yaml_tree.hpp"

namespace suzaku::config {

tl::expected<std::string, Mistakes> read_file(const std::string& path) {
  auto text = read_text(path, kLargestFile);
  if (!text) return tl::unexpected(Mistakes{{path, "cannot read this configuration file: " + text.error().message}});
  return *std::move(text);
}

Mistakes read_document(const std::string& text, const std::string& name, const Environment& environment,
                       const std::function<void(const Value&)>& read, Depth depth) {
  Reading reading(name, environment, depth);
  if (const auto root = parse_yaml(text)) {
    read(Value(reading, "", (*root)->place, *root));
    reading.run_looks();
  } else {
    reading.complain(root.error().place, "", root.error().message);
  }
  return reading.mistakes();
}

}  // namespace suzaku::config
