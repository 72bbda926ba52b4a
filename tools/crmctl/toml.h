// toml++ as crmctl uses it: header only and without exceptions (Debian's shared build has them).
// Include this, never toml++ itself.
#pragma once

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
