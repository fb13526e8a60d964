#pragma once

#include <boost/json/value.hpp>

namespace suzaku {

/// A JSON value one can look into and build: Boost.JSON's, so all of its documentation applies.
/// Messages travel as text (see Payload) and become a Json only on demand.
using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

}  // namespace suzaku
