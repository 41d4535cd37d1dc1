#include "mend_segment.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "open_file.h"
#include "segment.h"

namespace akin::store {
namespace {

/// Whether the rows are the collection's, which the header cannot say.
bool has_a_good_range(const OpenFile& file, const SegmentView& segment, std::size_t row_bytes) {
  std::vector<std::byte> bytes;
  return std::any_of(segment.ranges.begin(), segment.ranges.end(), [&](const VectorRange& range) {
    bytes.resize(range.n_rows * row_bytes);
    return file.read_at(kSegmentHeaderBytes + range.first_row * row_bytes, bytes) == bytes.size() && crc32c(0, bytes) == range.crc;
  });
}

}  // namespace

bool mend_header(const std::filesystem::path& folder, const StoreSpace& space, const SegmentView& segment) {
  const std::filesystem::path path = folder / segment_name(segment.id);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  {
    const OpenFile file(path);
    if (!has_a_good_range(file, segment, space.dim * sizeof(float))) return false;
  }
  SegmentWriter::rewrite_header(folder, {segment.id, static_cast<std::uint32_t>(space.dim), space.fingerprint});
  return true;
}

}  // namespace akin::store
