#include "config.h"

#include <array>
#include <cmath>
#include <utility>

#include "akin/base/error.h"

namespace akin {
namespace {

using kernels::Activation;

constexpr std::array<std::pair<std::string_view, Activation>, 10> kActivations = {{
    {"gelu", Activation::gelu},
    {"gelu_python", Activation::gelu},
    {"gelu_new", Activation::gelu_tanh},
    {"gelu_fast", Activation::gelu_tanh},
    {"gelu_pytorch_tanh", Activation::gelu_tanh},
    {"quick_gelu", Activation::quick_gelu},
    {"relu", Activation::relu},
    {"silu", Activation::silu},
    {"swish", Activation::silu},
    {"tanh", Activation::tanh},
}};

constexpr std::uint64_t kSizeLimit = std::uint64_t{1} << 31;
// The deepest published models have under 200 layers.
constexpr std::size_t kMostLayers = 4096;

}  // namespace

std::string_view activation_text(Activation activation) noexcept {
  for (const auto& [name, known] : kActivations) {
    if (known == activation) return name;
  }
  return "";
}

Config::Config(std::string_view text, std::string where) : where_(std::move(where)) {
  try {
    json_ = nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::corrupt, where_ + ": not valid JSON: " + error.what());
  }
  if (!json_.is_object()) throw Error(ErrorCode::corrupt, where_ + ": a JSON object is wanted, found " + json_.type_name());
}

void Config::fail(const char* key, const std::string& wanted) const {
  const std::string found = json_.contains(key) ? json_.at(key).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) : "nothing";
  throw Error(ErrorCode::corrupt, where_ + ": key '" + key + "' must be " + wanted + ", found " + found.substr(0, 80));
}

void Config::unsupported(const std::string& what) const { throw Error(ErrorCode::unsupported, where_ + ": " + what); }

std::size_t Config::size(const char* key) const {
  const auto at = json_.find(key);
  if (at == json_.end() || !at->is_number_unsigned()) fail(key, "a whole number above 0");
  const auto value = at->get<std::uint64_t>();
  if (value == 0 || value >= kSizeLimit) fail(key, "a whole number above 0 and under 2147483648");
  return static_cast<std::size_t>(value);
}

std::size_t Config::count(const char* key, std::size_t missing) const {
  if (!has(key)) return missing;
  const auto& value = json_.at(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() >= kSizeLimit) fail(key, "a whole number from 0 to 2147483647");
  return static_cast<std::size_t>(value.get<std::uint64_t>());
}

std::size_t Config::layers(const char* key) const {
  const std::size_t n = size(key);
  if (n > kMostLayers) fail(key, "at most " + std::to_string(kMostLayers));
  return n;
}

float Config::number(const char* key, float missing) const { return static_cast<float>(real(key, static_cast<double>(missing))); }

double Config::real(const char* key, double missing) const {
  if (!has(key)) return missing;
  if (!json_.at(key).is_number()) fail(key, "a number");
  const double value = json_.at(key).get<double>();
  if (!std::isfinite(value)) fail(key, "a finite number");
  return value;
}

bool Config::flag(const char* key, bool missing) const {
  if (!has(key)) return missing;
  if (!json_.at(key).is_boolean()) fail(key, "true or false");
  return json_.at(key).get<bool>();
}

std::string Config::text(const char* key, const std::string& missing) const {
  if (!has(key)) return missing;
  if (!json_.at(key).is_string()) fail(key, "a text");
  return json_.at(key).get<std::string>();
}

std::vector<std::string> Config::texts(const char* key) const {
  std::vector<std::string> list;
  if (!has(key)) return list;
  if (!json_.at(key).is_array()) fail(key, "a list of texts");
  for (const auto& item : json_.at(key)) {
    if (!item.is_string()) fail(key, "a list of texts");
    list.push_back(item.get<std::string>());
  }
  return list;
}

Config Config::child(const char* key) const {
  if (!is_object(key)) fail(key, "an object");
  Config inner;
  inner.json_ = json_.at(key);
  inner.where_ = where_ + ": " + key;
  return inner;
}

Activation Config::activation(const char* key, const char* missing) const {
  const std::string name = text(key, missing);
  std::string known_names;
  for (const auto& [known, activation] : kActivations) {
    if (known == name) return activation;
    known_names += (known_names.empty() ? "" : ", ") + std::string(known);
  }
  unsupported("activation '" + name + "' (key '" + key + "') is not known; known are " + known_names);
}

}  // namespace akin
