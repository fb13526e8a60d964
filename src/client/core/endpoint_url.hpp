#pragma once

#include <string>
#include <string_view>

#include <suzaku/client/options.hpp>
#include <suzaku/payload.hpp>
#include <suzaku/result.hpp>

namespace suzaku::client::core {

/// The URL that an attempt connects to, ws:// or wss://: `url` is what the user gave ("wss://host/socket", with or
/// without "/websocket", perhaps with a query of its own), the transport's path follows, and to the query the params
/// and `vsn` are added. A user and a password in it are left out: see core/authorization.hpp.
///
/// Params are written so that Plug reads the same values from them: {"user": {"id": 7}, "tags": ["a", "b"]} becomes
/// user[id]=7&tags[]=a&tags[]=b, with brackets percent-encoded. (phoenix.js writes tags[0]=a, which is read as a map.)
/// Plug knows strings only, so 7 is read as "7" and null as ""; empty lists and objects are left out.
///
/// Fails for an invalid URL, and for params that have no form in a query.
Result<std::string> endpoint_url(std::string_view url, TransportKind transport, const Payload& params,
                                 std::string_view vsn);

}  // namespace suzaku::client::core
