#include "word_text.h"

#include <algorithm>

#include "out_name.h"
#include "terminal.h"

namespace akin::cli {

namespace fs = std::filesystem;

void add_word_text_options(CLI::App& kind, WordTextOptions& options) {
  kind.add_option("texts", options.texts,
                  "Files of text, one sentence or paragraph a line, packed with gzip or Zstandard or not; - is standard input")
      ->type_name("FILE")
      ->required();
  kind.add_option("-o,--out", options.out,
                  "What is written: .vec or .txt (text), .bin (binary), or a name without ending (a folder for sentence-transformers)")
      ->type_name("PATH")
      ->required()
      ->check(not_stdout);
  kind.add_option("--format", options.format, "Instead of what the ending says: text, binary, glove or folder")->type_name("NAME");
  kind.add_option("--min-count", options.corpus.min_count, "Rarer words are left out")->capture_default_str()->type_name("N");
  kind.add_option("--max-words", options.corpus.max_words, "Only so many of the most frequent words; 0: all")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--phrases", options.corpus.phrase_passes,
                  "Words that often stand together become one, new_york: so many times (0 to 10)")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--phrase-threshold", options.corpus.phrase_threshold, "More is fewer phrases; halved in each further pass")
      ->capture_default_str()
      ->type_name("X");
  kind.add_option("--max-sentence", options.corpus.max_sentence, "Longer lines are cut after so many words")
      ->capture_default_str()
      ->type_name("N");
}

void add_checkpoint_options(CLI::App& kind, CheckpointChoice& choice) {
  kind.add_flag("--resume", choice.resume, "Go on from the checkpoint beside --out, of the same text and options");
  kind.add_option("--checkpoint-minutes", choice.minutes, "A checkpoint is written so often, and at an interrupt")
      ->capture_default_str()
      ->type_name("X");
}

WordTarget word_target_of(const WordTextOptions& options, WordFileKind txt) {
  WordTarget target{options.out, {}};
  if (!target.path.has_filename()) target.path = target.path.parent_path();  // "words/"
  if (!options.format.empty()) {
    check_choice("--format", options.format, {"text", "binary", "glove", "folder"});
    target.kind = options.format == "text"     ? WordFileKind::word2vec_text
                  : options.format == "binary" ? WordFileKind::word2vec_binary
                  : options.format == "glove"  ? WordFileKind::glove_text
                                               : WordFileKind::static_folder;
  } else {
    target.kind = target.path.extension() == ".txt" ? txt : word_file_kind_of(target.path);
  }
  const fs::path parent = target.path.parent_path();
  if (!parent.empty() && !fs::is_directory(parent)) throw Error(ErrorCode::not_found, parent.string() + ": no such folder, for --out");
  if (target.kind != WordFileKind::static_folder && fs::is_directory(target.path))
    throw Error(ErrorCode::invalid_argument, target.path.string() + ": a folder; a file is wanted for --out");
  return target;
}

CheckpointOptions checkpoint_of(const CheckpointChoice& choice, const fs::path& out) {
  CheckpointOptions checkpoint{out.string() + ".checkpoint", 60 * choice.minutes, choice.resume};
  if (choice.resume && !fs::exists(checkpoint.file))
    throw Error(ErrorCode::not_found, checkpoint.file.string() + ": no checkpoint to go on from");
  return checkpoint;
}

void end_checkpoint(const CheckpointOptions& checkpoint, const fs::path& out, bool finished) {
  if (!finished)
    throw Error(ErrorCode::cancelled,
                "interrupted; " + out.string() + " has what was learnt so far, and --resume goes on from " + checkpoint.file.string());
  fs::remove(checkpoint.file);
}

void warn_of_left_out(const CorpusReport& text, const Context& context) {
  if (text.n_invalid > 0) context.warn(grouped(text.n_invalid) + " words are not UTF-8 and were left out");
  if (text.n_too_long > 0)
    context.warn(grouped(text.n_too_long) + " words are longer than " + std::to_string(kMaxWordBytes) + " bytes and were left out");
}

WordCorpus read_word_text(const WordTextOptions& options, const WordTarget& target, Context& context) {
  CorpusOptions corpus_options = options.corpus;
  corpus_options.spool = target.path;
  const auto text = open_text_input({options.texts.begin(), options.texts.end()});
  WordCorpus corpus(*text, corpus_options, context);
  warn_of_left_out(corpus.report(), context);
  return corpus;
}

nlohmann::json json_of(const CorpusReport& text) {
  return {{"n_words_in_text", text.n_words},
          {"n_different_words_in_text", text.n_different},
          {"n_words_kept", text.n_kept},
          {"n_sentences", text.n_sentences}};
}

std::string losses_text(const std::vector<double>& losses) {
  std::string text;
  if (!losses.empty()) text += "; loss " + fixed(losses.front(), 3);
  if (losses.size() > 1) text += " → " + fixed(losses.back(), 3);
  return text;
}

std::string rate_text(std::uint64_t n, double seconds) {
  return grouped(static_cast<std::uint64_t>(static_cast<double>(n) / std::max(seconds, 1e-9)));
}

void print_learnt(const WordTarget& target, const LearntShown& learnt) {
  print(bold(target.path.string()) + "  " + grouped(learnt.n_words) + " words of " + std::to_string(learnt.dim) + " numbers; " +
        grouped(learnt.n_learnt) + " " + std::string(learnt.unit) + " learnt in " + seconds_text(learnt.seconds) + ", " +
        rate_text(learnt.n_learnt, learnt.seconds) + " a second" + losses_text(learnt.losses) + "\n");
}

}  // namespace akin::cli
