// Embeds a few sentences with the default model and prints how near each is to the first.
#include <akin/akin.h>

#include <cstdio>
#include <string>
#include <vector>

int main() try {
  const std::vector<std::string> texts = {
      "How do I get my money back?",
      "Refunds are paid within 14 days of a return.",
      "Our office is closed on Sundays.",
  };
  akin::Context context;
  const akin::LocalModel model = akin::resolve_model("");  // the default; a name, a folder or a .gguf file works too
  const akin::Embedder embedder = akin::Embedder::load(model.path, {}, context);
  const akin::EmbedResult result = embedder.embed(texts, akin::TextRole::plain, context);

  std::printf("%s, %zu dimensions\n", model.name.c_str(), embedder.dim());
  for (std::size_t i = 1; i < texts.size(); ++i) {
    const float distance = akin::distance_between(akin::Metric::cosine, result.vectors.row(0), result.vectors.row(i));
    std::printf("%.3f  %s\n", akin::similarity_of(akin::Metric::cosine, distance), texts[i].c_str());
  }
  return 0;
} catch (const akin::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
