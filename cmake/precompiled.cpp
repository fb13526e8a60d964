// A target needs a source; suzaku_precompiled is there for its header.
#include "precompiled.hpp"
