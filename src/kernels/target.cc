#include "akin/kernels/target.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <mutex>

#include "akin/base/error.h"
#include "hwy/highway.h"
#include "oneapi/dnnl/dnnl.hpp"

namespace akin::kernels {
namespace {

std::string lower_name(std::int64_t target) {
  std::string name = hwy::TargetName(target);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

/// What the CPU runs, whatever is forced now. Highway's lists are masked by what is forced, so this is read once, before any of it.
const std::vector<std::int64_t>& every_target() {
  static const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();
  return targets;
}

std::int64_t target_from(std::string_view name) {
  std::string names;
  for (const std::int64_t target : every_target()) {
    const std::string known = lower_name(target);
    if (known == name) return target;
    names += (names.empty() ? "" : ", ") + known;
  }
  throw Error(ErrorCode::invalid_argument, "CPU target '" + std::string(name) + "' is not one that this CPU runs: " + names);
}

/// oneDNN's instruction set is fixed at its first use: later calls change nothing, which is the documented limit of target.h.
void limit_gemm(std::string_view target) {
  dnnl::cpu_isa isa = dnnl::cpu_isa::sse41;
  if (target == "avx2") isa = dnnl::cpu_isa::avx2;
  if (target == "avx3") isa = dnnl::cpu_isa::avx512_core;
  if (target == "avx3_dl") isa = dnnl::cpu_isa::all;
  dnnl_set_max_cpu_isa(static_cast<dnnl_cpu_isa_t>(isa));
}

std::int64_t& forced() {
  static std::int64_t target = 0;
  return target;
}

}  // namespace

std::vector<std::string> supported_targets() {
  std::vector<std::string> names;
  for (const std::int64_t target : every_target()) names.push_back(lower_name(target));
  return names;
}

std::string current_target() { return forced() != 0 ? lower_name(forced()) : supported_targets().front(); }

void use_target(std::string_view name) {
  const std::int64_t target = name.empty() ? 0 : target_from(name);
  every_target();
  if (target != 0) limit_gemm(name);
  forced() = target;
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

void use_target_from_environment() {
  static std::mutex mutex;
  static bool done = false;
  const std::lock_guard lock(mutex);
  if (done) return;
  if (const char* name = std::getenv("AKIN_FORCE_TARGET"); name != nullptr && *name != '\0') use_target(name);
  done = true;
}

void for_each_target(const std::function<void(std::string_view target)>& body) {
  struct Restore {
    std::string name = forced() != 0 ? current_target() : "";
    ~Restore() { use_target(name); }
  } const restore;
  for (const std::string& name : supported_targets()) {
    use_target(name);
    body(name);
  }
}

}  // namespace akin::kernels
