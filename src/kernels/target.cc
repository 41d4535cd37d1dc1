#include "akin/kernels/target.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <mutex>

#include "akin/base/error.h"
#include "hwy/highway.h"
#include "target_bit.h"

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

/// 0 for the best. Atomic because kernels of other threads read it; use_target() is not for while they run.
std::atomic<std::int64_t> forced{0};

}  // namespace

std::vector<std::string> supported_targets() {
  std::vector<std::string> names;
  for (const std::int64_t target : every_target()) names.push_back(lower_name(target));
  return names;
}

std::int64_t target_bit() noexcept {
  const std::int64_t bit = forced.load(std::memory_order_relaxed);
  return bit != 0 ? bit : every_target().front();
}

std::string current_target() { return lower_name(target_bit()); }

void use_target(std::string_view name) {
  const std::int64_t target = name.empty() ? 0 : target_from(name);
  every_target();
  forced.store(target, std::memory_order_relaxed);
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
    std::string name = forced.load(std::memory_order_relaxed) != 0 ? current_target() : "";
    ~Restore() { use_target(name); }
  } const restore;
  for (const std::string& name : supported_targets()) {
    use_target(name);
    body(name);
  }
}

}  // namespace akin::kernels
