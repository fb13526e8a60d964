#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <suzaku/result.hpp>

#include "base/log.hpp"
#include "config/values.hpp"

namespace suzaku::config {

/// The words that stand for the values of an enum.
template <class T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

inline constexpr Words<log::Level, 5> kLogLevels = {{{"debug", log::Level::debug},
                                                     {"info", log::Level::info},
                                                     {"warning", log::Level::warning},
                                                     {"error", log::Level::error},
                                                     {"off", log::Level::off}}};
inline constexpr Words<log::Format, 2> kLogFormats = {{{"text", log::Format::text}, {"json", log::Format::json}}};

/// A parse.
template <class T, std::size_t N>
auto one_of(const Words<T, N>& words) {
  return [words](std::string_view text) -> Result<T> {
    std::string expected;
    for (std::size_t i = 0; i < N; ++i) {
      if (words[i].first == text) return words[i].second;
      expected.append(i == 0 ? "" : i + 1 == N ? " or " : ", ").append(words[i].first);
    }
    return unexpected_value(text, expected);
  };
}

template <class T, std::size_t N>
std::string print_word(T value, const Words<T, N>& words) {
  for (const auto& [word, meaning] : words)
    if (meaning == value) return std::string(word);
  return {};
}

}  // namespace suzaku::config
