// The C++ of docs/guides/embedding.md.
#include <iostream>

#include <suzaku/client.hpp>

using namespace suzaku::client;
using namespace std::chrono_literals;

#include "embedding.md/with_gcc_12_no_payload_in_braces_within_co_await"

void wait_with_a_limit(Socket& socket) {
#include "embedding.md/connect_get_may_wait_for_ever"
}
