#pragma once

#include <string>
#include <string_view>

#include <simdjson.h>

#include <suzaku/json.hpp>
#include <suzaku/result.hpp>

namespace suzaku::protocol {

/// Validates a whole JSON text. Integers may have any number of digits (as in Phoenix); other numbers must fit a
/// double. One per thread, used for every frame: its buffers are kept, at most some 4 MB.
class StrictJson {
 public:
  /// How many elements or members the outermost array or object has, 0 when it is neither. Costs at most the buffers,
  /// however large the text is, which must have simdjson::SIMDJSON_PADDING readable bytes behind it.
  Result<std::size_t> check(std::string_view text);

  /// The same for text with nothing behind it, at the cost of a copy of a small text.
  Result<std::size_t> check_unpadded(std::string_view text);

  /// The text as simdjson's DOM, which takes up to 14 times its bytes. `text` must have simdjson::SIMDJSON_PADDING
  /// readable bytes behind it. The DOM is valid until the next call; in it a long integer may stand as 1, so take
  /// numbers from the text.
  Result<simdjson::dom::element> parse(std::string_view text);

  /// The same for text with nothing behind it, at the cost of a copy.
  Result<simdjson::dom::element> parse_unpadded(std::string_view text);

 private:
  simdjson::dom::parser parser_;
  std::string copy_;
};

/// The value of JSON text that StrictJson has found valid, as deeply nested as that allows, or of an object around it.
Json value_of(std::string_view json);

}  // namespace suzaku::protocol
