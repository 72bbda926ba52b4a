// toml++ as crmctl uses it: header only and without exceptions (Debian's shared build has them).
// Include this, never toml++ itself.
#pragma once

#define TOML_EXCEPTIONS 0
// What begins no key is an error to the parser, but an assertion before that: a bad file would end
// crmctl with a core dump. Nothing else rests on its assertions.
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>
