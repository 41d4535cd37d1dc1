// What the kinds of `akin train` that learn from words have in common: the text, what is written and where, the checkpoint.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "akin/akin.h"
#include "command.h"

namespace akin::cli {

/// --resume and --checkpoint-minutes.
struct CheckpointChoice {
  double minutes = 10;
  bool resume = false;
};
void add_checkpoint_options(CLI::App& kind, CheckpointChoice& choice);
/// Beside the model. Throws Error{not_found} if there is none to go on from.
CheckpointOptions checkpoint_of(const CheckpointChoice& choice, const std::filesystem::path& out);
/// After the model was written: the checkpoint goes, or, if the learning was interrupted, that is said: throws Error{cancelled}.
void end_checkpoint(const CheckpointOptions& checkpoint, const std::filesystem::path& out, bool finished);

struct WordTextOptions {
  std::vector<std::string> texts;
  std::string out, format;
  CorpusOptions corpus;
  CheckpointChoice checkpoint;
};
void add_word_text_options(CLI::App& kind, WordTextOptions& options);

/// What is written, where: known, and refused, before the text is read. `txt`: what an ending .txt means, if no format is given.
struct WordTarget {
  std::filesystem::path path;
  WordFileKind kind = WordFileKind::word2vec_text;
};
WordTarget word_target_of(const WordTextOptions& options, WordFileKind txt = WordFileKind::word2vec_text);

/// Of words that are none.
void warn_of_left_out(const CorpusReport& text, const Context& context);
/// Reads the text and warns of words that were left out.
WordCorpus read_word_text(const WordTextOptions& options, const WordTarget& target, Context& context);

nlohmann::json json_of(const CorpusReport& text);
/// "words.vec  12,345 words of 100 numbers; 1,000,000 words learnt in 3.2 s, 312,500 a second; loss 2.1 → 1.7"
struct LearntShown {
  std::size_t n_words = 0, dim = 0;
  std::uint64_t n_learnt = 0;
  double seconds = 0;
  std::string_view unit = "words";
  std::vector<double> losses = {};
};
void print_learnt(const WordTarget& target, const LearntShown& learnt);
/// "; loss 2.1 → 1.7": of the first epoch and the last; nothing without losses.
std::string losses_text(const std::vector<double>& losses);
/// n a second, as a whole number with commas.
std::string rate_text(std::uint64_t n, double seconds);

}  // namespace akin::cli
