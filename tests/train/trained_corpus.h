// The corpus of tests/golden/trained-tokenizers and what the reference learned from it.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "../golden_files.h"
#include "akin/base/mapped_file.h"
#include "akin/train/tokenizer_trainer.h"
#include "word_counts.h"

namespace akin::train {

inline std::vector<std::string> corpus_lines() {
  std::istringstream in(read_file(golden::path("trained-tokenizers/corpus.txt"), std::size_t{1} << 20));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Pieces by id, and merges as the reference writes them.
struct Learned {
  std::vector<std::string> pieces;
  std::vector<std::pair<std::string, std::string>> merges;
  std::map<std::string, double> scores;
};

inline Learned learned_from(const nlohmann::json& model) {
  Learned out;
  const nlohmann::json& vocabulary = model.at("vocab");
  out.pieces.resize(vocabulary.size());
  if (vocabulary.is_array()) {
    for (std::size_t id = 0; id < vocabulary.size(); ++id) {
      out.pieces[id] = vocabulary[id][0];
      out.scores[out.pieces[id]] = vocabulary[id][1];
    }
  } else {
    for (const auto& [piece, id] : vocabulary.items()) out.pieces.at(id.get<std::size_t>()) = piece;
  }
  if (const auto merges = model.find("merges"); merges != model.end())
    for (const auto& merge : *merges) out.merges.emplace_back(merge[0], merge[1]);
  return out;
}

inline Learned reference(const std::string& name) {
  return learned_from(golden::json(golden::path("trained-tokenizers/" + name + ".json")));
}

inline Learned trained(TokenizerTemplate form, const TokenizerTrainerOptions& options, int n_threads = 2) {
  Context context(n_threads);
  TokenizerTrainer trainer(std::move(form), options);
  trainer.add(corpus_lines(), context);
  return learned_from(nlohmann::json::parse(trainer.train(context).json).at("model"));
}

inline std::vector<CountedWord> counted(const std::vector<std::pair<std::string, int>>& words) {
  std::vector<CountedWord> out;
  for (const auto& [word, count] : words) out.push_back({word, static_cast<std::uint64_t>(count)});
  return out;
}

}  // namespace akin::train
