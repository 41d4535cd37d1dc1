#include "command.h"

#include <algorithm>
#include <filesystem>

#include "akin/base/error.h"
#include "akin/hub/load_embedder.h"
#include "suggest.h"
#include "verbs.h"
#include "word_question.h"

namespace akin::cli {

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> table = {
      {"embed", "Texts to vectors, in input order",
       "akin embed \"the cat sleeps\" \"le chat dort\"\n"
       "  akin embed notes.txt --out notes.npy\n"
       "  akin embed reviews.jsonl --field body --out reviews.safetensors --type f16\n"
       "  cat lines.txt | akin embed - --as query --json\n"
       "  akin embed *.jpg --model ./clip-vit-base-patch32 --out photos.npy\n"
       "  akin embed notes.txt --model openai:text-embedding-3-small --dims 512 --out notes.npy",
       add_embed},
      {"similar", "How near texts are: cosine, dot product, Euclidean distance",
       "akin similar \"A man is eating food.\" \"Someone has a meal.\" \"The sky is blue.\"", add_similar},
      {"classify", "Labels for texts, pictures or vectors, without training or by a trained classifier",
       "akin classify --labels \"a cat,a dog\" *.jpg --model ./clip-vit-base-patch32\n"
       "  akin classify \"it broke on the first day\" --model stars.bin -k 3\n"
       "  akin classify new.csv --field body --head teams.safetensors --out labels.csv",
       add_classify},
      {"cluster", "Groups among texts, pictures or vectors",
       "akin cluster tickets.jsonl --field body\n"
       "  akin cluster vectors.npy -k 50 --out labels.npy\n"
       "  akin cluster -c ~/notes/.akin --by document --method hdbscan --join-outliers\n"
       "  akin cluster titles.csv --label-field topic --method agglomerative -k 20 --scores --json",
       add_cluster},
      {"map", "A map of texts, pictures or vectors: a page to look around in, pictures, places",
       "akin map tickets.jsonl --field body --label-field topic -o map.html\n"
       "  akin map vectors.npy -o map.svg -o map.png --outline density --theme dark\n"
       "  akin map vectors.npy --method tsne --perplexity 50 -o map.html\n"
       "  akin map -c ~/notes/.akin --by document --color-by format -o map.html -o places.csv\n"
       "  akin map photos/*.jpg --model ./clip-vit-base-patch32 -o photos.html",
       add_map},
      {"outliers", "The odd ones out among texts, pictures, vectors or the values of a series",
       "akin outliers tickets.csv --field body --contamination 0.02 --out scores.csv\n"
       "  akin outliers sensors.csv --standardize --method iforest --label-field broken --out scores.csv\n"
       "  akin outliers new.npy --good good.npy --p-value 0.01\n"
       "  akin outliers load.csv --window 288 --value-field requests",
       add_outliers},
      {"duplicates", "What is there twice, or nearly: texts, pictures, vectors, documents of a collection",
       "akin duplicates titles.txt --write unique.txt\n"
       "  akin duplicates train.jsonl --field question --method all --keep longest\n"
       "  akin duplicates test.csv --against train.csv --out leaked.csv\n"
       "  akin duplicates -c ~/notes/.akin --delete --yes",
       add_duplicates},
      {"plot", "Curves, heat maps, points and trees from JSON or a matrix, as pictures",
       "akin plot figure.json -o figure.svg\n"
       "  akin eval ann vectors.npy --json | akin plot - -o curve.png --theme dark\n"
       "  akin plot loss.jsonl --x step --y loss --y held_out_loss -o loss.svg\n"
       "  akin plot tree.npy --cut 1.2 -o tree.svg --height 700",
       add_plot},
      {"tokens", "Pieces, ids, offsets and embedding rows of a text; nearest tokens; the next token",
       "akin tokens \"Unbelievable, naïve tokens\"\n"
       "  akin tokens \"the bank\" --rows\n"
       "  akin tokens --near bank --near river -k 5\n"
       "  akin tokens --next \"The capital of France is\" --model ./gpt2",
       add_tokens},
      {"positions", "Schemes of positions, printed and drawn; how a model fares beyond its training length",
       "akin positions sinusoidal --out sinusoidal.svg\n"
       "  akin positions rope --dim 128 --theta 500000 --scaling llama3 --factor 8 --original 8192 -n 512\n"
       "  akin positions alibi --heads 8 --out alibi.png --theme dark\n"
       "  akin positions learned --model all-MiniLM-L6-v2\n"
       "  akin positions extrapolate book.txt --model ./alibi --with ./rope --trained 64 --out longer.svg",
       add_positions},
      {"near", "The words nearest to a word, in a file of word vectors or among a model's tokens",
       "akin near river bank --model words.vec -k 5", add_near},
      {"analogy", "What is to woman as king is to man", "akin analogy king - man + woman --model words.vec", add_analogy},
      {"index", "Files and folders into a collection; only what changed is embedded",
       "akin index docs/ books/*.txt\n"
       "  akin index ~/notes -c ~/notes/.akin",
       add_index},
      {"watch", "Keeps a collection in line with folders until it is stopped",
       "akin watch ~/notes -c ~/notes/.akin\n"
       "  akin watch docs/ --json",
       add_watch},
      {"search", "Ask a collection",
       "akin search \"how do I cancel a subscription\"\n"
       "  akin search \"heat transfer\" -k 3 --mode dense --where 'format = pdf and year >= 2020' --json\n"
       "  akin search --like docs/pumps.md --group document",
       add_search},
      {"delete", "Documents out of a collection",
       "akin delete docs/old.md notes/2019\n"
       "  akin delete 'records.jsonl#17' -c ~/notes/.akin",
       add_delete},
      {"backup", "A consistent copy of a collection, beside a running writer, read back before it gets its name",
       "akin backup ~/backups/notes\n"
       "  akin backup restored -c ~/backups/notes",
       add_backup},
      {"doctor", "What is wrong with a collection's files, and mending it",
       "akin doctor -c ~/notes/.akin\n"
       "  akin doctor --mend",
       add_doctor},
      {"reindex", "A collection to another model, from its own texts, while it goes on answering",
       "akin reindex --model nomic-ai/nomic-embed-text-v1.5", add_reindex},
      {"import", "Vectors that are there already into a collection",
       "akin import vectors.npy --ids ids.txt --space my-encoder --metric dot -c shop\n"
       "  akin import vectors.jsonl --space my-encoder",
       add_import},
      {"export", "A collection's vectors, ids, texts and metadata to files",
       "akin export vectors.safetensors --ids ids.txt\n"
       "  akin export everything.jsonl",
       add_export},
      {"rerank", "Order texts by how well each answers a question, with a cross-encoder",
       "akin rerank \"how do I cancel\" answers.txt --model cross-encoder/ms-marco-MiniLM-L6-v2 -k 3\n"
       "  akin rerank \"heat transfer\" abstracts.jsonl --model ./my-reranker --json",
       add_rerank},
      {"eval", "Score a model on benchmarks: sts, retrieval, ann (graph search), words, analogies",
       "akin eval sts stsb-en-test.csv\n"
       "  akin eval retrieval beir/scifact --mode hybrid\n"
       "  akin eval ann vectors.npy --picture curve.svg\n"
       "  akin eval analogies questions-words.txt --model words.vec\n"
       "  akin eval clustering labels.csv --truth-field topic",
       add_eval},
      {"train", "Learn from a corpus: a tokenizer, word vectors, a language model",
       "akin train tokenizer corpus.txt -o tokenizer.json --kind bpe --vocabulary 8000\n"
       "  akin train word2vec text.txt -o words.vec\n"
       "  akin train lm text.txt -o model --tokenizer tokenizer.json",
       add_train},
      {"distill", "A static model from a large one: over a thousand times faster",
       "akin distill all-MiniLM-L6-v2 -o my-static\n"
       "  akin distill ./my-model -o my-static --corpus texts.txt --precision int8 --type i8",
       add_distill},
      {"generate", "Text from a causal language model, token by token", "akin generate \"Alice was\" --model ./model -n 100 --seed 7",
       add_generate},
      {"convert", "A model folder to one GGUF file", "akin convert ./all-MiniLM-L6-v2 -o all-MiniLM-L6-v2.gguf --type q8_0", add_convert},
      {"pull", "A model from the Hub into the local cache, checked and resumed",
       "akin pull BAAI/bge-small-en-v1.5\n"
       "  akin pull org/model --revision v1.0 --include '*.safetensors' --include '*.json'",
       add_pull},
      {"models", "The models that are here", "akin models --json", add_models},
      {"verify", "Prove that a model gives the reference's ids and vectors, alone, in any batch, on any number of threads",
       "akin verify\n"
       "  akin verify ./my-model --reference my-model.reference.safetensors",
       add_verify},
      {"info", "Describe a model or a collection",
       "akin info all-MiniLM-L6-v2\n"
       "  akin info .akin",
       add_info},
      {"completions", "A completion script for bash, zsh or fish", "akin completions bash > /etc/bash_completion.d/akin", add_completions},
  };
  return table;
}

void add_precision_option(CLI::App& verb, Common& common) {
  verb.add_option_function<std::string>(
          "--precision",
          [&common](const std::string& value) {
            check_choice("--precision", value, {"f32", "bf16", "int8"});
            common.precision = value;
            common.precision_given = true;
          },
          "How the model computes: f32 (equals the reference), bf16 or int8 (faster)")
      ->type_name("NAME");
}

void add_model_options(CLI::App& verb, Common& common) {
  verb.add_option("-m,--model", common.model,
                  "A name ('akin models' lists them), a model folder, a .gguf file, a file of word vectors, or a remote model: openai:…, "
                  "ollama:…, bedrock:…")
      ->type_name("MODEL");
  add_precision_option(verb, common);
  verb.add_option_function<std::string>(
          "--pooling",
          [&common](const std::string& value) {
            check_choice("--pooling", value, {"mean", "sif", "sif-common"});
            common.pooling = value;
            common.pooling_given = true;
          },
          "How word vectors become a text's: mean, sif (rare words weigh more) or sif-common (and what all texts share is taken away)")
      ->type_name("NAME");
}

void check_choice(const std::string& option, const std::string& value, const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  std::string list;
  for (std::size_t i = 0; i < allowed.size(); ++i) list += (i == 0 ? "" : i + 1 == allowed.size() ? " or " : ", ") + allowed[i];
  throw UsageError(option + ": '" + value + "' is not one of " + list + did_you_mean(value, allowed));
}

LoadedEmbedder load_model(const Common& common, EmbedderOptions options, Context& context) {
  options.precision = precision_from(common.precision);
  options.word_pooling = word_pooling_from(common.pooling);
  return load_embedder(common.model, options, context);
}

std::string lasting_name(const LocalModel& local) {
  return local.origin == "path" ? std::filesystem::absolute(local.path).lexically_normal().string() : local.name;
}

}  // namespace akin::cli
