// The program of docs/guides/bridge.md.
#include "bridge.md/in_a_program_of_yours"
