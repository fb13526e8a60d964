#if __has_include("net/loop.hpp")
#error "Suzaku's src/ is in the include path of a program that embeds it"
#endif
