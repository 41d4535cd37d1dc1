// Progress of long work: a bar with rate and time left on a terminal, nothing in a pipe. The library only counts; the bar is drawn
// through a writer that the surface gives. Tested by progress_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace akin {

/// What a bar shows; also given to callers that draw their own.
struct ProgressState {
  std::string label;  ///< what is being done: "embedding"
  std::string unit;   ///< of `done`: "texts"
  std::uint64_t done = 0;
  std::uint64_t total = 0;   ///< 0 when not known
  double seconds = 0;        ///< since begin()
  double rate = 0;           ///< units a second, over the whole time
  double seconds_left = -1;  ///< −1 when not known
};

/// Thread-safe counter of one phase at a time. Reports at most ten times a second, and once at the end of a phase.
class Progress {
 public:
  using Report = std::function<void(const ProgressState& state, bool finished)>;
  Progress() = default;
  /// `report` is called one report at a time and must not call back into this Progress.
  explicit Progress(Report report) : report_(std::move(report)) {}

  void begin(std::string_view label, std::uint64_t total, std::string_view unit);
  void advance(std::uint64_t amount);
  /// For a total that is learned on the way.
  void set_total(std::uint64_t total);
  /// For a label that counts something else: "indexing 3/12 files".
  void set_label(std::string_view label);
  void end();

 private:
  ProgressState snapshot(double now) const;

  Report report_;
  mutable std::mutex mutex_;
  ProgressState state_;
  double start_ = 0;
  double last_report_ = -1e9;  // on the steady clock; also holds across phases
};

/// One line for a terminal of `columns`: "embedding  42% [=====>     ]  1,234/2,900 texts  310/s  5 s left".
std::string progress_line(const ProgressState& state, int columns);

}  // namespace akin
