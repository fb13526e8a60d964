#pragma once

#include <functional>

#include <suzaku/client/options.hpp>

namespace suzaku::program {

/// For SocketOptions::on_wire: shows frames on standard error, "> " what is sent, "< " what is received, "* " what
/// happens to the connection.
std::function<void(const client::WireEvent&)> wire_log(bool colors);

}  // namespace suzaku::program
