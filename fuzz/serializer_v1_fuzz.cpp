// Text frames of V1 clients. What is accepted is answered and passed on, byte for byte, to clients of both serializers.
#include <cstdint>

#include "serializer_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace suzaku::protocol;
  return fuzz::check_text_frame(Version::v1, {reinterpret_cast<const char*>(data), size});
}
