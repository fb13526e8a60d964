#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ws/message_buffer.hpp"

struct z_stream_s;

/// permessage-deflate (RFC 7692) without context takeover on either side: a compressed message depends on no other, so
/// a broadcast is compressed once and one compressor and one decompressor serve all connections of a loop.
namespace suzaku::ws {

class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(Deflater&&) noexcept;
  Deflater& operator=(Deflater&&) noexcept;

  /// The compressed message, without the trailing 00 00 ff ff. Valid until the next call. Throws std::length_error for
  /// a message of 4 GiB and more.
  std::string_view deflate(std::string_view message);
  /// Gives back the memory that a large message took.
  void forget_large() noexcept;

 private:
  struct End {
    void operator()(z_stream_s*) const noexcept;
  };
  std::unique_ptr<z_stream_s, End> stream_;
  std::string out_;
};

class Inflater {
 public:
  enum class Failure { corrupt, too_big, no_room };

  Inflater();
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  /// Inflates one message into `out` (replacing it). Stops at `limit` bytes: a small message may not become a huge one;
  /// and where the budget of `out` ends. After a failure the content of `out` means nothing.
  std::optional<Failure> inflate(std::string_view message, std::size_t limit, MessageBuffer& out);

 private:
  struct End {
    void operator()(z_stream_s*) const noexcept;
  };
  std::unique_ptr<z_stream_s, End> stream_;
};

}  // namespace suzaku::ws
