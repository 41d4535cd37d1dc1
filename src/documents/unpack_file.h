// Unpacks a packed file, gzip or Zstandard, within a bound, so that a small file cannot fill the memory. Tested by unpack_file_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "akin/base/unpacker.h"
#include "reading.h"

namespace akin::documents {

/// All members of the file, one after the other; what follows the last and is none is padding, as gzip(1) has it. Throws Error{corrupt} for
/// broken or cut data, Error{limit} for more than max_file_bytes or max_seconds.
std::string unpack_file(std::string_view bytes, Packing packing, const Reading& reading);

}  // namespace akin::documents
