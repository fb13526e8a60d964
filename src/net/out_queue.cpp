#include "net/out_queue.hpp"

#include <algorithm>
#include <utility>

namespace suzaku::net {
namespace {

/// Capacity that an empty queue keeps. More is freed, since most connections are idle.
constexpr std::size_t kKeepEntries = 16;
/// The most used or dropped places at the front before the rest moves up.
constexpr std::size_t kSlack = 64;

}  // namespace

void OutQueue::push(SharedBytes bytes, bool droppable) {
  bytes_ += bytes.size();
  if (entries_.capacity() == 0) entries_.reserve(2);
  entries_.push_back({std::move(bytes), droppable});
}

std::size_t OutQueue::gather(std::span<iovec> slots) const noexcept {
  std::size_t used = 0;
  std::size_t skip = head_sent_;
  for (std::size_t i = head_; i < entries_.size() && used < slots.size(); ++i) {
    const SharedBytes& bytes = entries_[i].bytes;
    if (!bytes) continue;
    slots[used++] = {.iov_base = const_cast<char*>(bytes.data()) + skip, .iov_len = bytes.size() - skip};
    skip = 0;
  }
  return used;
}

void OutQueue::pop(std::size_t sent) noexcept {
  bytes_ -= sent;
  held_ -= std::min(held_, sent);
  if (bytes_ == 0) return clear();
  sent += head_sent_;
  while (sent >= entries_[head_].bytes.size()) {
    sent -= entries_[head_].bytes.size();
    if (!entries_[head_].bytes) --dropped_;
    entries_[head_++].bytes = {};
  }
  head_sent_ = sent;
  if (head_ > kSlack && head_ > entries_.size() / 2) compact();
}

std::size_t OutQueue::first_unstarted() const noexcept {
  std::size_t i = head_;
  for (std::size_t on_the_way = head_sent_ + held_; on_the_way > 0 && i < entries_.size(); ++i)
    on_the_way -= std::min(on_the_way, entries_[i].bytes.size());
  return i;
}

bool OutQueue::drop_oldest() {
  for (std::size_t i = std::max(drop_from_, first_unstarted()); i < entries_.size(); ++i) {
    drop_from_ = i + 1;
    if (!entries_[i].droppable || !entries_[i].bytes) continue;
    bytes_ -= entries_[i].bytes.size();
    entries_[i].bytes = {};
    ++dropped_;
    if (dropped_ > kSlack && dropped_ > entries_.size() / 2) compact();
    return true;
  }
  return false;
}

/// Moves what is left to the front.
void OutQueue::compact() {
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(head_);
  entries_.erase(entries_.begin(), begin);
  std::erase_if(entries_, [](const Entry& entry) { return !entry.bytes; });
  head_ = dropped_ = drop_from_ = 0;
}

void OutQueue::keep_started() noexcept {
  entries_.resize(first_unstarted());
  compact();
  bytes_ = 0;
  for (const Entry& entry : entries_) bytes_ += entry.bytes.size();
  bytes_ -= head_sent_;
  if (bytes_ == 0) clear();
}

void OutQueue::clear() noexcept {
  entries_.clear();
  if (entries_.capacity() > kKeepEntries) entries_.shrink_to_fit();
  head_ = head_sent_ = held_ = bytes_ = dropped_ = drop_from_ = 0;
}

}  // namespace suzaku::net
