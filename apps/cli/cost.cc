#include "cost.h"

#include "akin/hub/load_embedder.h"
#include "terminal.h"

namespace akin::cli {

std::string cost_text(const std::string& model, std::uint64_t n_tokens) {
  const double price = dollars_per_million_tokens(model);
  if (price <= 0) return {};
  const double cost = price * static_cast<double>(n_tokens) / 1e6;
  const int digits = cost >= 1 ? 2 : cost >= 0.01 ? 4 : 7;
  return ", about $" + fixed(cost, digits) + " at $" + fixed(price, 2) + " a million";
}

}  // namespace akin::cli
