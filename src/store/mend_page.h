// Turns back a single flipped bit of a database page. CRC-32C tells any one wrong bit of a page from any other, and from two wrong ones
// (its Hamming distance is 4 up to far longer messages: Koopman, 32-Bit Cyclic Redundancy Codes for Internet Applications, 2002). Bytes
// that were written over look like a single wrong bit once in 131,072 times; SQLite's own check of the tables comes after. Tested by
// mend_page_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "akin/base/context.h"

namespace akin::store {

/// True if the page is good now. `number` is 1-based.
bool mend_page(std::span<std::byte> page, std::uint32_t number) noexcept;

/// Every page of the database's file that is damaged and can be mended so; how many. The caller holds the writer's lock, and nobody has the
/// database open. Throws Error{io}.
std::size_t mend_pages(const std::filesystem::path& database, Context& context);

}  // namespace akin::store
