#pragma once

/// Marks what a shared library of ours lets others see; everything else stays hidden in it. The
/// same for the static one.
#if defined(__GNUC__)
#define CALLQUEUE_API __attribute__((visibility("default")))
#else
#define CALLQUEUE_API
#endif
