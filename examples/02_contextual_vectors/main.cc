// One word, two senses: the row of "bank" in the embedding table is the same in every text, its contextual vectors are not. Prints how near
// the four "bank"s are to each other.
#include <akin/akin.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace {

/// The contextual vector of the first token `piece` of a text.
std::vector<float> vector_of(const akin::Embedder& embedder, const std::string& text, const std::string& piece, akin::Context& context) {
  const akin::TokenVectors vectors = embedder.embed_tokens(text, context);
  for (std::size_t i = 0; i < vectors.encoding.ids.size(); ++i) {
    const auto row = vectors.hidden.row(i);
    if (embedder.tokenizer().piece(vectors.encoding.ids[i]) == piece) return {row.begin(), row.end()};
  }
  throw akin::Error(akin::ErrorCode::not_found, "'" + piece + "' is no token of: " + text);
}

}  // namespace

int main() try {
  const std::vector<std::string> texts = {
      "We sat on the grassy bank of the river.",
      "The boat was pulled up on the muddy bank of the stream.",
      "She put her savings in the bank.",
      "The bank raised the interest on loans.",
  };
  akin::Context context;
  const akin::LocalModel model = akin::resolve_model("");
  const akin::Embedder embedder = akin::Embedder::load(model.path, {}, context);
  std::vector<std::vector<float>> banks;
  for (const std::string& text : texts) banks.push_back(vector_of(embedder, text, "bank", context));

  const auto cosine = [](const std::vector<float>& a, const std::vector<float>& b) {
    return static_cast<double>(akin::similarity_of(akin::Metric::cosine, akin::distance_between(akin::Metric::cosine, a, b)));
  };
  for (std::size_t a = 0; a < texts.size(); ++a) {
    for (const std::vector<float>& other : banks) std::printf("%6.3f", cosine(banks[a], other));
    std::printf("  %s\n", texts[a].c_str());
  }
  return 0;
} catch (const akin::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
