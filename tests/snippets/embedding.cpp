// The C++ of docs/guides/embedding.md.
#include <iostream>

#include <syslog.h>

#include <suzaku/client.hpp>
#include <suzaku/log.hpp>
#include <suzaku/server.hpp>

using namespace suzaku::client;
using namespace std::chrono_literals;

#include "embedding.md/with_gcc_12_no_payload_in_braces_within_co_await"

void wait_with_a_limit(Socket& socket) {
#include "embedding.md/connect_get_may_wait_for_ever"
}

void set_up_the_log() {
#include "embedding.md/what_they_log"
}

void try_the_next_port();

void start(suzaku::server::Endpoint& endpoint) {
#include "embedding.md/failures_that_a_program_decides_by"
}
