#include "gguf_metadata.h"

#include <cmath>
#include <cstdint>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::int64_t kSizeLimit = std::int64_t{1} << 31;

}  // namespace

GgufMetadata::GgufMetadata(const GgufFile& file) : file_(file), architecture_(file.string("general.architecture")) {}

void GgufMetadata::fail(const char* key, const std::string& wanted, const std::string& found) const {
  throw Error(ErrorCode::corrupt, file_.path().string() + ": metadata '" + full(key) + "' must be " + wanted + ", found " + found);
}

void GgufMetadata::unsupported(const std::string& what) const { throw Error(ErrorCode::unsupported, file_.path().string() + ": " + what); }

std::size_t GgufMetadata::size(const char* key) const {
  const std::int64_t value = file_.integer(full(key));
  if (value <= 0 || value >= kSizeLimit) fail(key, "a whole number above 0 and under 2147483648", std::to_string(value));
  return static_cast<std::size_t>(value);
}

std::size_t GgufMetadata::count(const char* key, std::size_t missing) const {
  if (!has(key)) return missing;
  const std::int64_t value = file_.integer(full(key));
  if (value < 0 || value >= kSizeLimit) fail(key, "a whole number from 0 to 2147483647", std::to_string(value));
  return static_cast<std::size_t>(value);
}

double GgufMetadata::real(const char* key, double missing) const {
  const std::string own = std::string("akin.") + key;
  const double value = file_.has(own) ? file_.number(own) : file_.number(full(key), missing);
  if (!std::isfinite(value)) fail(key, "a finite number", std::to_string(value));
  return value;
}

double GgufMetadata::positive(const char* key, double missing) const {
  const double value = real(key, missing);
  if (!(value > 0)) fail(key, "above 0", std::to_string(value));
  return value;
}

}  // namespace akin
