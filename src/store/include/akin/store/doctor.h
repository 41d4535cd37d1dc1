// What is wrong with a collection, and what of it can be mended: every checksum, SQLite's own checks, the text index against the chunks,
// the vectors against the chunks, files that belong to nobody. Tested by doctor_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/context.h"

namespace akin {

struct DoctorFinding {
  std::string what;    ///< one line naming file and place
  std::string remedy;  ///< what mending does, or did, about it; empty: nothing can be done here
};

struct DoctorReport {
  std::vector<DoctorFinding> findings;
  std::vector<std::string> notes;  ///< what is no damage: another space in the making, a writer at work
  std::size_t n_waiting = 0;       ///< documents that the next `akin index` reads and embeds again
  std::size_t n_lost = 0;          ///< documents that were here and can be had from nowhere: they came without a file
  bool mended = false;

  [[nodiscard]] bool is_whole() const noexcept { return findings.empty(); }
};

/// Changes nothing. Beside a writer what only a rest shows is left out, and a note says so. Cost: reads everything once. Throws
/// Error{not_found}, Error{io}, Error{cancelled}.
DoctorReport examine_collection(const std::filesystem::path& folder, Context& context);

/// Examines and mends: a single wrong bit of a database page is turned back, a segment's header written anew; a database with more damage
/// is copied row by row into a fresh one, without what cannot be read; documents of which a part is gone go whole, and their files are read
/// again by the next indexing; a log is taken up to its damage; the text index is made anew; damaged vectors are forgotten, so that
/// indexing makes them again; files that belong to nobody are removed. Stopped anywhere, nothing is worse than before. Throws Error{busy}
/// if there is a writer, Error{corrupt} if what the collection is cannot be read (then a backup is the way), Error{io}.
DoctorReport mend_collection(const std::filesystem::path& folder, Context& context);

}  // namespace akin
