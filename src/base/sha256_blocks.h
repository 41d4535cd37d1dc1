// The compression loop of SHA-256, twice: plain C++ and the SHA instructions of x86-64 CPUs. sha256.cc picks one; sha256_test.cc compares
// them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace akin::detail {

/// Folds `n_blocks` blocks of 64 bytes into the eight words of `state`.
using Sha256Blocks = void (*)(std::uint32_t* state, const std::uint8_t* bytes, std::size_t n_blocks) noexcept;

void sha256_blocks_portable(std::uint32_t* state, const std::uint8_t* bytes, std::size_t n_blocks) noexcept;

/// The version in SHA instructions, or null where the CPU has none.
Sha256Blocks sha256_blocks_hardware() noexcept;

}  // namespace akin::detail
