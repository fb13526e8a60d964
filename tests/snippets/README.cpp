// The programs of README.md.
#include <iostream>

#include <suzaku/client.hpp>
#include <suzaku/server.hpp>

namespace client_program {
#include "README.md/a_client_in_a_dozen_lines"
}

namespace server_program {
#include "README.md/a_server_in_twenty_lines"
}
