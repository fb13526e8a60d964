#include "ws/deflate.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <stdexcept>

#include <zlib.h>

namespace suzaku::ws {
namespace {

constexpr int kRawWindow = -MAX_WBITS;  // negative: bare DEFLATE, without zlib's header
constexpr int kMemoryLevel = 8;

/// What a flush ends with: the sender leaves it out and the receiver puts it back (RFC 7692, section 7.2).
constexpr std::string_view kTail{"\x00\x00\xff\xff", 4};

constexpr std::size_t kSmallestStep = 4096;                         // bytes of an inflated message
constexpr std::size_t kMaxStep = std::numeric_limits<uInt>::max();  // zlib counts in 32 bits

Bytef* bytes(const char* text) noexcept {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text));
}

void set_input(z_stream& stream, std::string_view input) noexcept {
  stream.next_in = bytes(input.data());  // NOLINT(bugprone-suspicious-stringview-data-usage): the size follows
  stream.avail_in = static_cast<uInt>(input.size());
}

void set_output(z_stream& stream, std::string& out, std::size_t used) noexcept {
  stream.next_out = bytes(out.data() + used);
  stream.avail_out = static_cast<uInt>(std::min(out.size() - used, kMaxStep));
}

std::size_t written(const z_stream& stream, const std::string& out) noexcept {
  return static_cast<std::size_t>(reinterpret_cast<const char*>(stream.next_out) - out.data());
}

}  // namespace

void Deflater::End::operator()(z_stream_s* stream) const noexcept {
  deflateEnd(stream);
  delete stream;
}

Deflater::Deflater() {
  auto stream = std::make_unique<z_stream>();
  if (deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
  stream_.reset(stream.release());
}

Deflater::~Deflater() = default;
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;

std::string_view Deflater::deflate(std::string_view message) {
  if (message.size() > kMaxStep) throw std::length_error("message too long to compress");
  z_stream& stream = *stream_;
  deflateReset(&stream);
  set_input(stream, message);

  constexpr std::size_t kFlush = 16;  // more than a flush adds to the bound; too little room would repeat its marker
  const std::size_t bound = deflateBound(&stream, static_cast<uLong>(message.size())) + kFlush;
  if (out_.size() < bound) out_.resize(bound);
  std::size_t used = 0;
  while (true) {
    set_output(stream, out_, used);
    ::deflate(&stream, Z_SYNC_FLUSH);
    used = written(stream, out_);
    if (stream.avail_out > 0) break;
    if (used == out_.size()) out_.resize(out_.size() * 2);
  }
  return std::string_view(out_).substr(0, used - kTail.size());
}

void Deflater::forget_large() noexcept {
  constexpr std::size_t kKeep = 256 << 10;
  if (out_.capacity() > kKeep) out_ = {};
}

void Inflater::End::operator()(z_stream_s* stream) const noexcept {
  inflateEnd(stream);
  delete stream;
}

Inflater::Inflater() {
  auto stream = std::make_unique<z_stream>();
  if (inflateInit2(stream.get(), kRawWindow) != Z_OK) throw std::bad_alloc();
  stream_.reset(stream.release());
}

Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

std::optional<Inflater::Failure> Inflater::inflate(std::string_view message, std::size_t limit, MessageBuffer& buffer) {
  if (message.size() > kMaxStep) return Failure::too_big;
  std::string& out = buffer.bytes();
  const std::size_t most = std::min(limit, out.max_size() - 1) + 1;  // one more than allowed shows that there is more
  z_stream& stream = *stream_;
  inflateReset(&stream);
  out.clear();
  std::size_t used = 0;
  bool at_block_end = false;
  for (const std::string_view input : {message, kTail}) {
    set_input(stream, input);
    do {
      if (used == out.size()) {
        std::size_t size = std::min(std::max(out.size() * 2, message.size() * 4 + 64), most);
        while (!buffer.reserve(size)) {  // less may do
          size = out.size() + (size - out.size()) / 2;
          if (size < out.size() + kSmallestStep) return Failure::no_room;
        }
        out.resize(size);
      }
      set_output(stream, out, used);
      const int result = ::inflate(&stream, Z_SYNC_FLUSH);
      used = written(stream, out);
      if (used > limit) return Failure::too_big;
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return Failure::corrupt;
      // A sender may end DEFLATE streams within a message (RFC 7692, section 7.2.3.4): the next one starts afresh.
      if (result == Z_STREAM_END) inflateReset(&stream);
      constexpr int kBlockEnd = 128;  // see data_type in zlib.h, at inflate()
      at_block_end = result == Z_STREAM_END || (stream.data_type & kBlockEnd) != 0;
    } while (stream.avail_in > 0 || stream.avail_out == 0);
  }
  out.resize(used);
  if (!at_block_end) return Failure::corrupt;
  return std::nullopt;
}

}  // namespace suzaku::ws
