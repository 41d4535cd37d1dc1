// What holds for the spec of every family, whichever file it was read from. Tested by hostile_config_test.cc.
#include <cmath>

#include "akin/base/error.h"
#include "family.h"

namespace akin {
namespace {

constexpr std::size_t kMostLayers = 4096;
// No tensor is as wide as this: a product of lying sizes is refused before it is computed with.
constexpr std::size_t kWidest = std::size_t{1} << 24;
constexpr std::size_t kMostTokens = std::size_t{1} << 31;

class Checker {
 public:
  Checker(const TransformerSpec& spec, const std::string& where) : spec_(spec), where_(where) {}

  void check() const {
    want(spec_.n_layers > 0 && spec_.n_layers <= kMostLayers, "the number of layers", spec_.n_layers);
    want(spec_.dim > 0 && spec_.dim <= kWidest, "the size of the hidden states", spec_.dim);
    want(spec_.vocabulary_size < kMostTokens, "the size of the vocabulary", spec_.vocabulary_size);
    want(spec_.n_token_types < kMostTokens, "the number of token types", spec_.n_token_types);
    want(spec_.mlp.dim > 0 && spec_.mlp.dim <= kWidest, "the size of the feed-forward part", spec_.mlp.dim);
    want(spec_.context_length > 0, "the context length", spec_.context_length);
    if (spec_.learned_positions) {
      want(spec_.learned_positions->first < spec_.learned_positions->n_rows && spec_.learned_positions->n_rows < kMostTokens,
           "the number of positions", spec_.learned_positions->n_rows);
    }
    finite(spec_.norm.eps, "the epsilon of the norms", spec_.norm.eps >= 0);
    finite(spec_.embedding_scale, "the scale of the embeddings", true);
    attention();
    for (const nn::RopeSpec& rope : spec_.ropes) rotation(rope);
    patterns();
  }

 private:
  void attention() const {
    const nn::AttentionSpec& a = spec_.attention;
    want(a.n_heads > 0 && a.head_dim > 0 && a.n_heads <= kWidest / a.head_dim, "the number of attention heads", a.n_heads);
    want(a.n_kv_heads > 0 && a.n_heads % a.n_kv_heads == 0, "the number of key and value heads", a.n_kv_heads);
    want(a.n_paired % 2 == 0 && a.n_paired <= a.head_dim, "the size of a rotated head", a.n_paired);
    finite(a.scale, "the scale of the scores", a.scale != 0);
    for (const float slope : a.alibi_slopes) finite(slope, "a slope of the linear biases", true);
  }

  void rotation(const nn::RopeSpec& rope) const {
    want(rope.dim > 0 && rope.dim % 2 == 0 && rope.dim <= spec_.attention.head_dim, "the number of rotated dimensions", rope.dim);
    real(rope.theta, "the base of rotary positions", rope.theta > 0);
    real(rope.scaling.factor, "the factor of rotary positions", rope.scaling.factor > 0);
    real(rope.scaling.attention_factor, "the attention factor of rotary positions", true);
    try {
      static_cast<void>(nn::rope_frequencies(rope, 1));
    } catch (const Error& error) {
      throw Error(ErrorCode::corrupt, where_ + ": " + error.what());
    }
  }

  void patterns() const {
    want(spec_.patterns.empty() || spec_.patterns.size() == spec_.n_layers, "the number of attention patterns", spec_.patterns.size());
    for (const nn::AttentionPattern& pattern : spec_.patterns) {
      want(spec_.ropes.empty() || pattern.rope < spec_.ropes.size(), "the rotation of a layer", pattern.rope);
    }
  }

  void want(bool good, const char* what, std::size_t found) const {
    if (!good) throw Error(ErrorCode::corrupt, where_ + ": " + what + " cannot be " + std::to_string(found));
  }
  void real(double x, const char* what, bool good) const {
    if (!good || !std::isfinite(x)) throw Error(ErrorCode::corrupt, where_ + ": " + what + " cannot be " + std::to_string(x));
  }
  void finite(float x, const char* what, bool good) const { real(static_cast<double>(x), what, good); }

  const TransformerSpec& spec_;
  const std::string& where_;
};

}  // namespace

void check_spec(const TransformerSpec& spec, const std::string& where) { Checker(spec, where).check(); }

}  // namespace akin
