#include "word_question.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "akin/base/error.h"
#include "suggest.h"
#include "terminal.h"

namespace akin::cli {
namespace {

// Words that a mistyped one is compared with: the first are the most frequent.
constexpr std::size_t kSuggested = 100000;

}  // namespace

LoadedSpace load_space(const Common& common, Context& context) {
  LocalModel local = resolve_model(common.model);
  WordSpace space = WordSpace::open(local.path, context);
  return {std::move(local), std::move(space)};
}

AskedWord ask_word(const WordSpace& space, const std::string& word) {
  if (std::optional<AskedWord> asked = space.find(word)) return *std::move(asked);
  std::vector<std::string> known;
  for (std::size_t i = 0; i < std::min(space.size(), kSuggested); ++i) known.push_back(space.word(i));
  throw Error(ErrorCode::not_found,
              "'" + word + "' is not among the " + grouped(space.size()) + " words or tokens of this model" + did_you_mean(word, known));
}

nlohmann::json json_of(const std::vector<WordHit>& hits) {
  nlohmann::json list = nlohmann::json::array();
  for (const WordHit& hit : hits) list.push_back({{"word", hit.word}, {"id", hit.place}, {"similarity", hit.similarity}});
  return list;
}

void print_hits(const std::vector<WordHit>& hits) {
  Table table{{"similarity", "word"}, {}};
  for (const WordHit& hit : hits) table.rows.push_back({fixed(hit.similarity, 4), shortened(hit.word, 60)});
  print(table.text());
}

void add_space_options(CLI::App& verb, Common& common, std::size_t& k, std::size_t least) {
  verb.add_option("-m,--model", common.model, "A file of word vectors, a model folder, a .gguf file or a name ('akin models' lists them)")
      ->type_name("MODEL");
  verb.add_option("-k", k, "How many words are shown")
      ->capture_default_str()
      ->check(CLI::Range(least, std::size_t{100000}))
      ->type_name("N");
}

}  // namespace akin::cli
