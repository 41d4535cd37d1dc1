// Unpacks gzip (RFC 1952) within a bound, so that a small file cannot fill the memory. Tested by gzip_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "reading.h"

namespace akin::documents {

/// All members of the file, one after the other. Throws Error{corrupt} for broken or cut data, Error{limit} for more than max_file_bytes.
std::string gunzip(std::string_view bytes, const Reading& reading);

}  // namespace akin::documents
