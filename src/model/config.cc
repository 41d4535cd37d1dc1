#include "config.h"

#include <array>
#include <utility>

#include "akin/base/error.h"

namespace akin {
namespace {

using kernels::Activation;

constexpr std::array<std::pair<std::string_view, Activation>, 8> kActivations = {{
    {"gelu", Activation::gelu},
    {"gelu_python", Activation::gelu},
    {"gelu_new", Activation::gelu_tanh},
    {"gelu_pytorch_tanh", Activation::gelu_tanh},
    {"relu", Activation::relu},
    {"silu", Activation::silu},
    {"swish", Activation::silu},
    {"tanh", Activation::tanh},
}};

}  // namespace

Config::Config(std::string_view text, std::string where) : where_(std::move(where)) {
  try {
    json_ = nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::corrupt, where_ + ": not valid JSON: " + error.what());
  }
  if (!json_.is_object()) throw Error(ErrorCode::corrupt, where_ + ": a JSON object is wanted, found " + json_.type_name());
}

void Config::fail(const char* key, const char* wanted) const {
  const std::string found = json_.contains(key) ? json_.at(key).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) : "nothing";
  throw Error(ErrorCode::corrupt, where_ + ": key '" + key + "' must be " + wanted + ", found " + found.substr(0, 80));
}

std::size_t Config::size(const char* key) const {
  const auto at = json_.find(key);
  if (at == json_.end() || !at->is_number_unsigned()) fail(key, "a whole number above 0");
  const auto value = at->get<std::uint64_t>();
  if (value == 0 || value >= (std::uint64_t{1} << 31)) fail(key, "a whole number above 0 and under 2147483648");
  return static_cast<std::size_t>(value);
}

float Config::number(const char* key, float missing) const {
  if (!has(key)) return missing;
  if (!json_.at(key).is_number()) fail(key, "a number");
  return json_.at(key).get<float>();
}

std::string Config::text(const char* key, const std::string& missing) const {
  if (!has(key)) return missing;
  if (!json_.at(key).is_string()) fail(key, "a text");
  return json_.at(key).get<std::string>();
}

Activation Config::activation(const char* key, const char* missing) const {
  const std::string name = text(key, missing);
  for (const auto& [known, activation] : kActivations) {
    if (known == name) return activation;
  }
  throw Error(ErrorCode::unsupported, where_ + ": activation '" + name + "' (key '" + key +
                                          "') is not known; known are gelu, gelu_new, gelu_pytorch_tanh, relu, silu, tanh");
}

}  // namespace akin
