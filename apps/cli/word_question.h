// What 'near' and 'analogy' share: the space of words they ask, and how a word that it has not is refused.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "akin/embed/word_space.h"
#include "akin/hub/model_store.h"
#include "command.h"

namespace akin::cli {

struct LoadedSpace {
  LocalModel local;
  WordSpace space;
};
LoadedSpace load_space(const Common& common, Context& context);

/// Throws Error{not_found} with the nearest word that the space has.
AskedWord ask_word(const WordSpace& space, const std::string& word);

nlohmann::json json_of(const std::vector<WordHit>& hits);
/// A table of similarities and words.
void print_hits(const std::vector<WordHit>& hits);

/// --model and -k (`least` or more) of both verbs.
void add_space_options(CLI::App& verb, Common& common, std::size_t& k, std::size_t least = 1);

Run add_near(CLI::App& verb, Common& common);
Run add_analogy(CLI::App& verb, Common& common);

}  // namespace akin::cli
