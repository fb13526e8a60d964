#pragma once

#include <atomic>
#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace suzaku {

/// Immutable bytes, shared by reference between connections and threads: one copy of an outgoing frame for all
/// receivers. The count is intrusive and the bytes stand behind it, so a frame costs one allocation and a reference
/// eight bytes.
class SharedBytes {
 public:
  SharedBytes() noexcept = default;
  SharedBytes(const SharedBytes& other) noexcept : block_(other.block_) {
    if (block_) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  SharedBytes(SharedBytes&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedBytes& operator=(SharedBytes other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedBytes() {
    if (block_ && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) ::operator delete(block_);
  }

  /// Bytes of a known size, written once by `fill(char*)` before they are shared.
  template <class Fill>
  static SharedBytes make(std::size_t size, Fill&& fill) {
    SharedBytes bytes(size);
    fill(bytes.block_->data());
    return bytes;
  }
  static SharedBytes copy(std::string_view text) {
    return make(text.size(), [&](char* out) { std::memcpy(out, text.data(), text.size()); });
  }

  const char* data() const noexcept { return block_ ? block_->data() : nullptr; }
  std::size_t size() const noexcept { return block_ ? block_->size : 0; }
  std::string_view view() const noexcept { return {data(), size()}; }
  explicit operator bool() const noexcept { return block_ != nullptr; }

 private:
  struct Block {
    std::atomic<std::size_t> references{1};
    std::size_t size = 0;
    char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
  };

  explicit SharedBytes(std::size_t size) : block_(new(::operator new(sizeof(Block) + size)) Block) {
    block_->size = size;
  }

  Block* block_ = nullptr;
};

}  // namespace suzaku
