// Query strings: whatever comes, the answer is an object of valid UTF-8 or a failure.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "http/query.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  const auto params = suzaku::http::decode_query(query);
  boost::json::parse_options deep;
  deep.max_depth = 2 * suzaku::http::kMaxQueryDepth;
  if (params && boost::json::parse(boost::json::serialize(*params), {}, deep) != *params) std::abort();
  return 0;
}
