#include <memory>
#include <nlohmann/json.hpp>

#include "terminal.h"
#include "word_question.h"

namespace akin::cli {
namespace {

struct Options {
  std::vector<std::string> terms;
  std::string rule = "add";
  std::size_t k = 10;
};

/// "king - man + woman": which words count in favour, which against.
struct Question {
  std::vector<std::string> positive, negative;
};

Question parse(const std::vector<std::string>& terms) {
  Question question;
  bool signs = false, minus = false, after_word = false;
  for (const std::string& term : terms) {
    if (term == "+" || term == "-") {
      if (!after_word && !(question.positive.empty() && question.negative.empty()))
        throw UsageError("a word is wanted after a sign, found '" + term + "'");
      signs = true;
      minus = term == "-";
      after_word = false;
      continue;
    }
    if (after_word && signs) throw UsageError("'+' or '-' is wanted before '" + term + "'");
    (minus ? question.negative : question.positive).push_back(term);
    after_word = true;
    minus = false;
  }
  if (signs && !after_word) throw UsageError("a word is wanted after the last sign");
  if (!signs) {
    if (terms.size() != 3) throw UsageError("'king - man + woman' is wanted, or the three words 'man king woman'");
    question = {{terms[1], terms[2]}, {terms[0]}};
  }
  if (question.positive.empty()) throw UsageError("a word that counts in favour is wanted, all are subtracted");
  return question;
}

int run(const Options& options, const Common& common, Context& context) {
  check_choice("--rule", options.rule, {"add", "mul"});
  const Question question = parse(options.terms);
  const LoadedSpace model = load_space(common, context);
  std::vector<AskedWord> positive, negative;
  for (const std::string& word : question.positive) positive.push_back(ask_word(model.space, word));
  for (const std::string& word : question.negative) negative.push_back(ask_word(model.space, word));
  const AnalogyRule rule = options.rule == "mul" ? AnalogyRule::cos_mul : AnalogyRule::cos_add;
  const std::vector<WordHit> hits = model.space.analogy(positive, negative, rule, options.k, context);
  if (!common.json) {
    print_hits(hits);
    return 0;
  }
  const auto words = [](const std::vector<AskedWord>& side) {
    nlohmann::json list = nlohmann::json::array();
    for (const AskedWord& asked : side) list.push_back(asked.word);
    return list;
  };
  print_json({{"model", model.local.name},
              {"positive", words(positive)},
              {"negative", words(negative)},
              {"rule", options.rule},
              {"answers", json_of(hits)}});
  return 0;
}

}  // namespace

Run add_analogy(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("terms", options->terms,
                  "Words with + and - between them; or three: what to the first the second is, to the third is asked")
      ->type_name("WORD")
      ->required();
  verb.add_option("--rule", options->rule, "add: cosine with the sum of the words; mul: product of their cosines (3CosMul)")
      ->capture_default_str()
      ->type_name("NAME");
  add_space_options(verb, common, options->k);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
