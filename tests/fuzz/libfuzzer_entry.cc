// What libFuzzer calls: the one target that this program is linked with.
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  crm::fuzz::RunTarget(crm::fuzz::Targets().front().run, bytes);
  return 0;
}
