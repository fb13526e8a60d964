#include "config/yaml_tree.hpp"

#include <map>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "config/values.hpp"

namespace suzaku::config {
namespace {

Place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

/// "!!binary" for "tag:yaml.org,2002:binary"; others as they are.
std::string written(const std::string& tag) {
  constexpr std::string_view kYaml = "tag:yaml.org,2002:";
  return tag.starts_with(kYaml) ? "!!" + tag.substr(kYaml.size()) : tag;
}

/// The kind of a value follows from how it is written. The parser marks values without a tag "?" or "!".
void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
  if (tag.empty() || tag == "?" || tag == "!") return;
  throw YamlError{place_of(mark), "found the tag " + written(tag) +
                                      ", which is not understood here; write the value without a tag, and text that "
                                      "looks like something else in quotes"};
}

/// Whether a line, counted from 0, begins with spaces and a tab.
bool is_indented_by_tab(const std::string& text, int line) {
  std::istringstream lines(text);
  std::string found;
  for (int i = 0; i <= line; ++i)
    if (!std::getline(lines, found)) return false;
  const auto first = found.find_first_not_of(' ');
  return first != found.npos && found[first] == '\t';
}

/// Makes the tree of what the parser finds. Throws YamlError for valid YAML beyond our limits.
class Builder final : public YAML::EventHandler {
 public:
  YamlPointer root() const { return root_ ? root_ : std::make_shared<YamlNode>(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (has_begun_) throw YamlError{place_of(mark), "found a second document, expected one"};
    has_begun_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add({.place = place_of(mark)}, anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    add({.kind = YamlNode::Kind::scalar, .place = place_of(mark), .text = value, .is_plain = tag == "?"}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw YamlError{place_of(mark), "found an alias within what it stands for"};
    YamlNode node = *found->second.node;
    node.place = place_of(mark);
    grow(found->second.size, node.place);
    attach(std::make_shared<YamlNode>(std::move(node)));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open({.kind = YamlNode::Kind::list, .place = place_of(mark)}, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open({.kind = YamlNode::Kind::mapping, .place = place_of(mark)}, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Anchored {
    YamlPointer node;
    std::size_t size;  // values in it, and itself
  };
  /// A list or a mapping that has not ended.
  struct Open {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor;
    std::size_t size_before;
    YamlPointer key = nullptr;  // of the entry that is being read
  };

  void grow(std::size_t values, const Place& place) {
    size_ += values;
    if (size_ > kMostValues)
      throw YamlError{place, "found more than " + std::to_string(kMostValues) + " values, aliases filled in"};
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    grow(1, node.place);
    const auto added = std::make_shared<YamlNode>(std::move(node));
    if (anchor != YAML::NullAnchor) anchors_[anchor] = {added, 1};
    attach(added);
  }

  void open(YamlNode node, YAML::anchor_t anchor) {
    if (open_.size() == kDeepest)
      throw YamlError{node.place, "found more than " + std::to_string(kDeepest) + " lists and mappings in one another"};
    const std::size_t before = size_;
    grow(1, node.place);
    open_.push_back({std::make_shared<YamlNode>(std::move(node)), anchor, before});
  }

  void close() {
    const Open ended = std::move(open_.back());
    open_.pop_back();
    if (ended.anchor != YAML::NullAnchor) anchors_[ended.anchor] = {ended.node, size_ - ended.size_before};
    attach(ended.node);
  }

  void attach(YamlPointer node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node->kind == YamlNode::Kind::list) {
      parent.node->items.push_back(std::move(node));
    } else if (parent.key) {
      parent.node->entries.emplace_back(std::exchange(parent.key, nullptr), std::move(node));
    } else {
      if (node->is_plain && node->text == "<<")
        throw YamlError{node->place, "merge keys (<<) are not supported; write the settings out"};
      parent.key = std::move(node);
    }
  }

  YamlPointer root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t size_ = 0;
  bool has_begun_ = false;
};

}  // namespace

tl::expected<YamlPointer, YamlError> parse_yaml(const std::string& text) {
  if (text.size() > kLargestFile)
    return tl::unexpected(YamlError{{}, "the file has more than " + std::to_string(kLargestFile) + " bytes"});
  if (!is_text(text)) return tl::unexpected(YamlError{{}, "the file holds bytes that are no UTF-8, or NUL"});
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Builder builder;
    while (parser.HandleNextDocument(builder)) continue;
    return builder.root();
  } catch (const YamlError& error) {
    return tl::unexpected(error);
  } catch (const YAML::Exception& error) {
    const bool has_tab = is_indented_by_tab(text, error.mark.line) || is_indented_by_tab(text, error.mark.line - 1);
    const char* const advice = has_tab ? "; YAML allows no tabs at the beginning of a line" : "";
    return tl::unexpected(YamlError{place_of(error.mark), "this is not YAML: " + error.msg + advice});
  }
}

}  // namespace suzaku::config
