#include "net/out_queue.hpp"

#include <utility>

namespace suzaku::net {
namespace {

/// An empty queue keeps this much room for next time; more is given back, since most connections are idle.
constexpr std::size_t kKeepEntries = 16;

}  // namespace

void OutQueue::push(SharedBytes bytes, bool droppable) {
  bytes_ += bytes.size();
  if (entries_.capacity() == 0) entries_.reserve(2);
  entries_.push_back({std::move(bytes), droppable});
}

std::size_t OutQueue::gather(std::span<iovec> slots) const noexcept {
  std::size_t used = 0;
  std::size_t skip = head_sent_;
  for (std::size_t i = head_; i < entries_.size() && used < slots.size(); ++i, skip = 0) {
    const SharedBytes& bytes = entries_[i].bytes;
    slots[used++] = {.iov_base = const_cast<char*>(bytes.data()) + skip, .iov_len = bytes.size() - skip};
  }
  return used;
}

void OutQueue::pop(std::size_t sent) noexcept {
  bytes_ -= sent;
  sent += head_sent_;
  while (head_ < entries_.size() && sent >= entries_[head_].bytes.size()) {
    sent -= entries_[head_].bytes.size();
    entries_[head_++].bytes = {};
  }
  head_sent_ = sent;
  if (head_ == entries_.size()) {
    clear();
  } else if (head_ > 64 && head_ > entries_.size() / 2) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

bool OutQueue::drop_oldest() noexcept {
  for (std::size_t i = head_ + (head_sent_ > 0 ? 1 : 0); i < entries_.size(); ++i) {
    if (!entries_[i].droppable) continue;
    bytes_ -= entries_[i].bytes.size();
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  return false;
}

void OutQueue::keep_started() noexcept {
  if (head_sent_ == 0) return clear();
  entries_.resize(head_ + 1);
  bytes_ = entries_[head_].bytes.size() - head_sent_;
}

void OutQueue::clear() noexcept {
  entries_.clear();
  if (entries_.capacity() > kKeepEntries) entries_.shrink_to_fit();
  head_ = head_sent_ = bytes_ = 0;
}

}  // namespace suzaku::net
