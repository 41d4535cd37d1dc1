#include <memory>
#include <nlohmann/json.hpp>

#include "terminal.h"
#include "word_question.h"

namespace akin::cli {
namespace {

struct Options {
  std::vector<std::string> words;
  std::size_t k = 10;
};

std::vector<WordHit> neighbours(const WordSpace& space, const AskedWord& asked, std::size_t k, Context& context) {
  std::vector<std::size_t> own;
  if (asked.place) own.push_back(*asked.place);
  return space.nearest(asked.vector, k, own, context);
}

int run(const Options& options, const Common& common, Context& context) {
  const LoadedSpace model = load_space(common, context);
  std::vector<AskedWord> asked;
  for (const std::string& word : options.words) asked.push_back(ask_word(model.space, word));
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const std::vector<WordHit> hits = neighbours(model.space, asked[i], options.k, context);
    if (common.json) {
      list.push_back({{"word", asked[i].word}, {"in_vocabulary", asked[i].place.has_value()}, {"neighbours", json_of(hits)}});
      continue;
    }
    if (i > 0) print("\n");
    print(bold(asked[i].word) + (asked[i].place ? "" : dim("  not in the vocabulary: its vector is made of its subwords")) + "\n");
    print_hits(hits);
  }
  if (common.json) print_json({{"model", model.local.name}, {"words", list}});
  return 0;
}

}  // namespace

Run add_near(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("words", options->words, "Words, each asked alone")->type_name("WORD")->required();
  add_space_options(verb, common, options->k);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
