#include "akin/nn/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "akin/base/error.h"

namespace akin::nn {
namespace {

/// 1 / theta^(2i / dim), as the reference rounds it.
std::vector<float> plain_frequencies(std::size_t dim, double theta) {
  std::vector<float> frequencies(dim / 2);
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const float exponent = static_cast<float>(2 * i) / static_cast<float>(dim);
    frequencies[i] = 1.0F / static_cast<float>(std::pow(theta, static_cast<double>(exponent)));
  }
  return frequencies;
}

double stretched_theta(const RopeSpec& spec, std::size_t length) {
  const RopeScaling& s = spec.scaling;
  if (s.kind == RopeScalingKind::ntk) return spec.theta * s.factor;
  if (s.kind != RopeScalingKind::dynamic_ntk || length <= s.original_positions) return spec.theta;
  const double dim = static_cast<double>(spec.dim);
  const double stretch = s.factor * static_cast<double>(length) / static_cast<double>(s.original_positions) - (s.factor - 1);
  return spec.theta * std::pow(stretch, dim / (dim - 2));
}

/// The index of the frequency that makes `turns` full turns over the original length.
double yarn_index(const RopeSpec& spec, double turns) {
  const double length = static_cast<double>(spec.scaling.original_positions);
  return static_cast<double>(spec.dim) * std::log(length / (turns * 2 * std::numbers::pi)) / (2 * std::log(spec.theta));
}

void scale_yarn(const RopeSpec& spec, std::vector<float>& frequencies) {
  const RopeScaling& s = spec.scaling;
  double low = yarn_index(spec, s.beta_fast), high = yarn_index(spec, s.beta_slow);
  if (s.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(spec.dim) - 1);
  if (low == high) high += 0.001;
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    const double kept = static_cast<double>(frequencies[i]);
    frequencies[i] = static_cast<float>(kept / s.factor * ramp + kept * (1 - ramp));
  }
}

void scale_llama3(const RopeScaling& s, std::vector<float>& frequencies) {
  const double length = static_cast<double>(s.original_positions);
  for (float& frequency : frequencies) {
    const double wavelength = 2 * std::numbers::pi / static_cast<double>(frequency);
    if (wavelength < length / s.high_freq_factor) continue;
    const double kept = static_cast<double>(frequency);
    const double smooth = std::max((length / wavelength - s.low_freq_factor) / (s.high_freq_factor - s.low_freq_factor), 0.0);
    frequency = static_cast<float>((1 - smooth) * kept / s.factor + smooth * kept);
  }
}

void check(const RopeSpec& spec) {
  const RopeScaling& s = spec.scaling;
  require(spec.dim > 0 && spec.dim % 2 == 0, "rotary positions turn pairs: their dimension must be even and above 0");
  require(spec.theta > 0 && std::isfinite(spec.theta), "the base of rotary positions must be above 0");
  require(s.kind == RopeScalingKind::none || (s.factor > 0 && std::isfinite(s.factor)), "the factor of rotary positions must be above 0");
  const bool wants_length = s.kind == RopeScalingKind::dynamic_ntk || s.kind == RopeScalingKind::yarn || s.kind == RopeScalingKind::llama3;
  require(!wants_length || s.original_positions > 0, "this scaling of rotary positions wants the original length");
  require(s.kind != RopeScalingKind::dynamic_ntk || spec.dim > 2, "dynamic scaling wants more than one pair");
  require(s.kind != RopeScalingKind::llama3 || s.high_freq_factor > s.low_freq_factor, "high_freq_factor must be above low_freq_factor");
  require(s.divisors.empty() || s.divisors.size() == spec.dim / 2, "one divisor a frequency is wanted");
}

}  // namespace

double yarn_attention_factor(double factor, double mscale) { return factor <= 1 ? 1.0 : 0.1 * mscale * std::log(factor) + 1.0; }

std::vector<float> rope_frequencies(const RopeSpec& spec, std::size_t length) {
  check(spec);
  const RopeScaling& s = spec.scaling;
  std::vector<float> frequencies = plain_frequencies(spec.dim, stretched_theta(spec, length));
  if (s.kind == RopeScalingKind::linear) {
    for (float& f : frequencies) f /= static_cast<float>(s.factor);
  } else if (s.kind == RopeScalingKind::ntk) {
    for (float& f : frequencies) f /= static_cast<float>(std::pow(s.factor, 2.0 / static_cast<double>(spec.dim)));
  } else if (s.kind == RopeScalingKind::yarn) {
    scale_yarn(spec, frequencies);
  } else if (s.kind == RopeScalingKind::llama3) {
    scale_llama3(s, frequencies);
  }
  for (std::size_t i = 0; i < s.divisors.size(); ++i) frequencies[i] /= s.divisors[i];
  return frequencies;
}

void RopeTable::prepare(const RopeSpec& spec, std::size_t length) {
  const bool stretched = spec.scaling.kind == RopeScalingKind::dynamic_ntk && length > spec.scaling.original_positions;
  const std::size_t wanted = stretched ? length : 0;
  layout_ = spec.layout;
  if (cos_.rows() >= length && stretched_for_ == wanted && cos_.cols() == spec.dim / 2) return;
  const std::vector<float> frequencies = rope_frequencies(spec, length);
  const std::size_t n = std::max(length, stretched ? length : std::min<std::size_t>(2 * cos_.rows(), 2 * length));
  cos_ = Matrix<float>::uninitialized(n, frequencies.size());
  sin_ = Matrix<float>::uninitialized(n, frequencies.size());
  for (std::size_t p = 0; p < n; ++p) {
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
      const double angle = static_cast<double>(p) * static_cast<double>(frequencies[i]);
      cos_(p, i) = static_cast<float>(std::cos(angle) * spec.scaling.attention_factor);
      sin_(p, i) = static_cast<float>(std::sin(angle) * spec.scaling.attention_factor);
    }
  }
  stretched_for_ = wanted;
}

void RopeTable::rotate(MatrixView<float> rows, std::size_t n_heads, std::size_t head_dim) const {
  const std::size_t half = cos_.cols();
  AKIN_DCHECK(rows.rows() <= cos_.rows() && 2 * half <= head_dim);
  const std::size_t apart = layout_ == RopeLayout::half_split ? half : 1, step = layout_ == RopeLayout::half_split ? 1 : 2;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const float* c = cos_.row(r).data();
    const float* s = sin_.row(r).data();
    for (std::size_t head = 0; head < n_heads; ++head) {
      float* first = rows.row_data(r) + head * head_dim;
      float* second = first + apart;
      for (std::size_t i = 0; i < half; ++i) {
        const float a = first[i * step], b = second[i * step];
        first[i * step] = a * c[i] - b * s[i];
        second[i * step] = b * c[i] + a * s[i];
      }
    }
  }
}

}  // namespace akin::nn
