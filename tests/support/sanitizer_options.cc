// What the sanitizers of the presets `asan` and `tsan` are told, compiled into every program of
// theirs: so that the processes which tests start have it too, whatever environment they get.
// ASAN_OPTIONS and the like still have the last word.
//
// The first finding ends the process, with a code that nobody else uses. A suppression here names a
// library that is not ours, and says why.
extern "C" {

const char* __asan_default_options() { return "exitcode=99:detect_stack_use_after_return=1"; }

// fontconfig keeps what it read of its files for the life of the process, out of the sanitizer's
// sight: once, however much is drawn.
const char* __lsan_default_suppressions() { return "leak:libfontconfig.so\n"; }

const char* __ubsan_default_options() { return "exitcode=99:halt_on_error=1:print_stacktrace=1"; }

const char* __tsan_default_options() {
  // Debian's libraries are not instrumented: what they do with memory is not to be judged by the
  // half of it that can be seen.
  return "exitcode=99:halt_on_error=1:second_deadlock_stack=1:ignore_noninstrumented_modules=1";
}

}  // extern "C"
