// What a remote model's tokens cost.
#pragma once

#include <cstdint>
#include <string>

namespace akin::cli {

/// ", about $0.0021 at $0.02 a million" where the model's price is known, else empty.
std::string cost_text(const std::string& model, std::uint64_t n_tokens);

}  // namespace akin::cli
