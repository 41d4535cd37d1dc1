#include "train.h"

#include <memory>
#include <utility>
#include <vector>

#include "verbs.h"

namespace akin::cli {
namespace {

struct TrainKind {
  const char* name;
  const char* summary;
  const char* example;
  Run (*add)(CLI::App& kind, Common& common);
};

constexpr TrainKind kKinds[] = {
    {"tokenizer", "A tokenizer from a corpus: byte-level BPE, WordPiece or Unigram, as tokenizer.json",
     "akin train tokenizer corpus.txt -o tokenizer.json --kind bpe --vocabulary 8000\n"
     "  akin train tokenizer notes/*.txt -o my-model --like ./all-MiniLM-L6-v2 --vocabulary 20000",
     add_train_tokenizer},
    {"word2vec", "Word vectors: skip-gram or CBOW",
     "akin train word2vec text.txt -o words.vec\n"
     "  akin train word2vec part1.txt.gz part2.txt.gz -o words.bin --cbow --epochs 10\n"
     "  cat *.txt | akin train word2vec - -o words/ --dim 300",
     add_train_word2vec},
    {"fasttext", "Word vectors made of parts of words, for words never seen too",
     "akin train fasttext text.txt -o words.bin\n"
     "  akin train fasttext text.txt -o words.vec --minn 4 --maxn 5 --buckets 200000",
     add_train_fasttext},
    {"classifier", "A classifier of texts from labelled lines, as fastText's: words and runs of words, fast and small",
     "akin train classifier reviews.txt -o stars.bin --word-ngrams 2\n"
     "  akin train classifier tickets.txt -o tickets.ftz --loss ova --cutoff 50000 --retrain",
     add_train_classifier},
    {"head", "A classifier of vectors, of texts by their vectors, or of pictures: for akin classify --head",
     "akin train head tickets.csv --field body --label-field team -o teams.safetensors\n"
     "  akin train head train.npy --label-file labels.npy -o head.safetensors --c 1,10,100\n"
     "  akin train head --collection ~/notes/.akin --label-field topic -o topics.safetensors --kind knn",
     add_train_head},
    {"glove", "Word vectors from how often words stand together",
     "akin train glove text.txt -o glove.txt\n"
     "  akin train glove text.txt.gz -o glove.bin --window 10 --epochs 15 --memory 256",
     add_train_glove},
    {"lm", "A small transformer from nothing: causal or masked",
     "akin train lm text.txt -o model --tokenizer ./gpt2\n"
     "  akin train lm text.txt -o model --positions rope --held-out other.txt --steps 5000\n"
     "  akin train lm text.txt -o model --objective masked --tokenizer ./bert --resume",
     add_train_lm},
    {"pairs", "A model that makes vectors of texts, tuned on pairs, triplets, scored pairs or labelled texts",
     "akin train pairs questions.jsonl --model ./all-MiniLM-L6-v2 -o tuned --epochs 2 --held-out 0.05\n"
     "  akin train pairs scored.csv --model ./all-MiniLM-L6-v2 -o tuned --max-score 5 --dims 384,128,64\n"
     "  akin train pairs labelled.csv --model ./all-MiniLM-L6-v2 -o tuned --batch 512 --eval-knn test.csv --eval-every 50",
     add_train_pairs},
};

}  // namespace

Run add_train(CLI::App& verb, Common& common) {
  verb.require_subcommand(1);
  auto runs = std::make_shared<std::vector<std::pair<const CLI::App*, Run>>>();
  for (const TrainKind& kind : kKinds) {
    CLI::App* sub = verb.add_subcommand(kind.name, kind.summary);
    sub->footer("Example:\n  " + std::string(kind.example));
    sub->fallthrough();  // --json, --threads, --seed and --verbose are the verb's
    runs->emplace_back(sub, kind.add(*sub, common));
  }
  return [runs](Context& context) {
    for (const auto& [kind, run] : *runs) {
      if (kind->parsed()) return run(context);
    }
    throw UsageError("say what to train");
  };
}

}  // namespace akin::cli
