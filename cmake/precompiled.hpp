#pragma once

// What most files of src/ include, compiled once: it takes a third off the time of a build. A file still includes all
// that it uses: nothing is precompiled for those who build Suzaku as a part of their program.
#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <tl/expected.hpp>
