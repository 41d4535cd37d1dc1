// Which instruction set the kernels use. The best one the CPU has, unless AKIN_FORCE_TARGET names a lower one (or a test does).
// A packed weight and prepared rows belong to the target they were made under. Tested by target_test.cc.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace akin::kernels {

/// The targets that this CPU can run, best first: "avx3_dl", "avx3", "avx2", "sse4", "ssse3", … (Highway's names in lower case).
std::vector<std::string> supported_targets();

/// The one in use.
std::string current_target();

/// Uses `name` from now on, "" for the best. Throws Error{invalid_argument} listing the names if this CPU cannot run it.
/// Not while kernels run on other threads.
void use_target(std::string_view name);

/// use_target() with the environment variable AKIN_FORCE_TARGET, on the first call only; a wrong name is an Error on every call.
/// Programs call it at their start; packing weights calls it too.
void use_target_from_environment();

/// Runs `body` once on each supported target, best first, and goes back to the one in use. For tests.
void for_each_target(const std::function<void(std::string_view target)>& body);

}  // namespace akin::kernels
