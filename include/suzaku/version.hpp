#pragma once

/// The version of Suzaku that a program is compiled with.
#define SUZAKU_VERSION "0.1.0"
