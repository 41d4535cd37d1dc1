// akin train lm: a language model from text.
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "loss_figure.h"
#include "out_name.h"
#include "terminal.h"
#include "train.h"

namespace akin::cli {
namespace {

struct Options {
  std::vector<std::string> corpus;
  std::string out, tokenizer = "bytes", objective = "causal", positions = "learned", order = "shuffled", held_out, theme = "light";
  bool untied = false, resume = false;
  std::size_t log_every = 10;
  LmShape shape;
  LmTrainOptions train;
};

/// What the corpus was made into: the folder's tokenizer and token files.
struct Data {
  Tokenizer tokenizer;
  TokenFile tokens;
  std::optional<TokenFile> held_out;
};

bool is_token_file(const std::vector<std::string>& corpus) {
  return corpus.size() == 1 && std::filesystem::path(corpus.front()).extension() == ".npy";
}

std::filesystem::path token_file(const std::vector<std::string>& corpus, const std::filesystem::path& out, const Tokenizer& tokenizer,
                                 Context& context) {
  if (is_token_file(corpus)) return corpus.front();
  context.progress.begin("tokens", 0, "bytes");
  const std::vector<std::filesystem::path> paths(corpus.begin(), corpus.end());
  const TokenFileReport report = write_corpus_tokens(paths, tokenizer, out, context);
  context.progress.end();
  context.info(out.string() + ": " + grouped(report.n_tokens) + " tokens from " + bytes_text(report.n_bytes));
  return out;
}

Data read_data(const Options& options, Context& context) {
  const std::filesystem::path out = options.out;
  std::filesystem::create_directories(out);
  if (!options.resume) write_lm_tokenizer(options.tokenizer, out);
  Tokenizer tokenizer = Tokenizer::from_folder(out);
  // A resumed training reads the tokens that it was begun with.
  const auto tokens_of = [&](const std::vector<std::string>& corpus, const char* name) {
    return options.resume && !is_token_file(corpus) ? out / name : token_file(corpus, out / name, tokenizer, context);
  };
  TokenFile tokens(tokens_of(options.corpus, "tokens.npy"));
  std::optional<TokenFile> held_out;
  if (!options.held_out.empty()) held_out.emplace(tokens_of({options.held_out}, "held_out_tokens.npy"));
  return {std::move(tokenizer), std::move(tokens), std::move(held_out)};
}

nlohmann::json json_of(const LmPoint& point, double tokens_per_second) {
  nlohmann::json json = {{"step", point.step},
                         {"loss", point.loss},
                         {"perplexity", std::exp(point.loss)},
                         {"rate", point.rate},
                         {"gradient_length", point.gradient_length},
                         {"tokens_per_second", tokens_per_second}};
  if (point.held_out_loss) {
    json["held_out_loss"] = *point.held_out_loss;
    json["held_out_perplexity"] = std::exp(*point.held_out_loss);
  }
  return json;
}

std::string line_of(const LmPoint& point, std::size_t steps, double tokens_per_second) {
  std::string line = "step " + grouped(point.step) + "/" + grouped(steps) + "  loss " + fixed(point.loss, 4) + "  perplexity " +
                     fixed(std::exp(point.loss), 2) + "  " + grouped(static_cast<std::uint64_t>(tokens_per_second)) + " tokens/s";
  if (point.held_out_loss) line += "  held-out perplexity " + fixed(std::exp(*point.held_out_loss), 2);
  return line;
}

/// Says how it goes: a line now and then, the bar in between.
class Reporter {
 public:
  Reporter(const Options& options, const Common& common, const LmTrainer& trainer, Context& context)
      : options_(options), common_(common), trainer_(trainer), context_(context), first_(trainer.n_steps()) {
    context.progress.begin("training", options.train.schedule.steps - first_, "steps");
  }
  void operator()(const LmPoint& point) {
    context_.progress.advance(1);
    const bool is_last = point.step == options_.train.schedule.steps;
    const bool is_due = options_.log_every > 0 && point.step % options_.log_every == 0;
    if (!is_due && !is_last && !point.held_out_loss) return;
    const double seconds = trainer_.seconds_in_steps();
    const auto tokens = static_cast<double>((point.step - first_) * options_.train.batch * options_.train.batches.context);
    if (common_.json) return print_json_line(json_of(point, tokens / seconds));
    print(line_of(point, options_.train.schedule.steps, tokens / seconds) + "\n");
  }

 private:
  const Options& options_;
  const Common& common_;
  const LmTrainer& trainer_;
  Context& context_;
  std::size_t first_;
};

void complete(Options& options, const Tokenizer& tokenizer, const Common& common) {
  LmShape& shape = options.shape;
  shape.objective = lm_objective_from(options.objective);
  shape.positions = lm_positions_from(options.positions);
  shape.vocabulary_size = tokenizer.vocabulary_size();
  shape.is_tied = !options.untied;
  LmBatchOptions& batches = options.train.batches;
  batches.objective = shape.objective;
  batches.context = shape.context;
  batches.order = options.order == "sequential" ? LmOrder::sequential : LmOrder::shuffled;
  batches.seed = common.seed;
  batches.vocabulary_size = shape.vocabulary_size;
  batches.cls_id = tokenizer.id_of("[CLS]");
  batches.sep_id = tokenizer.id_of("[SEP]");
  batches.mask_id = mask_token_of(tokenizer);
}

int run(Options& options, const Common& common, Context& context) {
  check_choice("--objective", options.objective, {"causal", "masked"});
  check_choice("--positions", options.positions, {"learned", "sinusoidal", "rope", "alibi"});
  check_choice("--order", options.order, {"shuffled", "sequential"});
  check(options.train);
  if (!options.resume && std::filesystem::exists(std::filesystem::path(options.out) / "checkpoint.safetensors")) {
    throw UsageError(options.out + " holds a training: --resume goes on with it, another folder begins anew");
  }
  const Data data = read_data(options, context);
  complete(options, data.tokenizer, common);
  LmModel model(options.shape, common.seed);
  LmTrainer trainer(model, data.tokens, data.held_out ? &*data.held_out : nullptr, options.train);
  if (options.resume) trainer.resume(options.out);
  const auto draw = [&] {
    if (!trainer.curve().empty()) save_figure(std::filesystem::path(options.out) / "curve.svg", loss_figure(trainer.curve()));
  };
  try {
    Reporter report(options, common, trainer, context);
    train_lm(trainer, options.train, options.out, std::ref(report), context);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled) throw;
    draw();
    throw Error(ErrorCode::cancelled, "interrupted after " + grouped(trainer.n_steps()) + " steps; " + options.out +
                                          " has what was learnt so far, and --resume goes on to the same bits");
  }
  context.progress.end();
  draw();
  if (!common.json) {
    print(options.out + ": " + lm_family(options.shape) + ", " + grouped(model.parameters().n_parameters()) + " parameters, " +
          grouped(trainer.n_steps()) + " steps\n");
  }
  return 0;
}

void add_shape_options(CLI::App& kind, Options& o) {
  kind.add_option("--objective", o.objective, "causal (what comes next) or masked (what stands behind a mask)")
      ->capture_default_str()
      ->type_name("NAME");
  kind.add_option("--positions", o.positions, "learned, sinusoidal, rope or alibi")->capture_default_str()->type_name("NAME");
  kind.add_option("--layers", o.shape.n_layers, "Layers")->capture_default_str()->type_name("N");
  kind.add_option("--dim", o.shape.dim, "Size of the hidden states")->capture_default_str()->type_name("N");
  kind.add_option("--heads", o.shape.n_heads, "Heads of attention")->capture_default_str()->type_name("N");
  kind.add_option("--kv-heads", o.shape.n_kv_heads, "Key and value heads, of rope; 0: as many as heads")->type_name("N");
  kind.add_option("--inner", o.shape.inner, "Width of the feed-forward part; 0: four times --dim (gated: 8/3 of it)")->type_name("N");
  kind.add_option("--context", o.shape.context, "Tokens of a training text")->capture_default_str()->type_name("N");
  kind.add_flag("--untied", o.untied, "The head has a table of its own instead of the token embeddings");
}

void add_training_options(CLI::App& kind, Options& o) {
  LmTrainOptions& t = o.train;
  kind.add_option("--steps", t.schedule.steps, "Steps of the whole training; 0 writes the model as it begins")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--batch", t.batch, "Texts a step")->capture_default_str()->type_name("N");
  kind.add_option("--accumulate", t.accumulate, "Parts that a step's texts go through in: less memory")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--rate", t.schedule.rate, "Rate at its highest")->capture_default_str()->type_name("X");
  kind.add_option("--last-rate", t.schedule.last_rate, "Where the cosine ends")->capture_default_str()->type_name("X");
  kind.add_option("--warmup", t.schedule.warmup, "Steps until the highest rate")->capture_default_str()->type_name("N");
  kind.add_option("--dropout", t.dropout, "Of embeddings, blocks and attention")->capture_default_str()->type_name("X");
  kind.add_option("--weight-decay", t.adam.weight_decay, "Of matrices")->capture_default_str()->type_name("X");
  kind.add_option("--beta1", t.adam.beta1, "Of AdamW")->capture_default_str()->type_name("X");
  kind.add_option("--beta2", t.adam.beta2, "Of AdamW")->capture_default_str()->type_name("X");
  kind.add_option("--clip", t.adam.clip, "Length at which gradients are clipped; 0: never")->capture_default_str()->type_name("X");
  kind.add_option("--mask-rate", t.batches.mask_rate, "Of masked: share of tokens to be guessed")->capture_default_str()->type_name("X");
  kind.add_option("--order", o.order, "Of the corpus's texts: shuffled in each pass, or sequential")
      ->capture_default_str()
      ->type_name("NAME");
}

}  // namespace

Run add_train_lm(CLI::App& kind, Common& common) {
  auto o = std::make_shared<Options>();
  kind.add_option("corpus", o->corpus, "Files of text, also packed with gzip, - for standard input; or one file of token ids (.npy, int32)")
      ->type_name("FILE")
      ->required();
  kind.add_option("-o,--out", o->out, "Folder for the model: transformers and akin open it")
      ->type_name("DIR")
      ->required()
      ->check(not_stdout);
  kind.add_option("--tokenizer", o->tokenizer, "A folder with a tokenizer, a tokenizer.json, or bytes")
      ->capture_default_str()
      ->type_name("DIR");
  add_shape_options(kind, *o);
  add_training_options(kind, *o);
  kind.add_option("--held-out", o->held_out, "A text to look at on the way, that is not trained on")->type_name("FILE");
  kind.add_option("--eval-every", o->train.eval_every, "Steps between looks at it")->capture_default_str()->type_name("N");
  kind.add_option("--save-every", o->train.save_every, "Steps between checkpoints; 0: at the end alone")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--stop-after", o->train.stop_after, "Stop after so many steps of this call; --resume goes on")->type_name("N");
  kind.add_option("--log-every", o->log_every, "Steps between lines")->capture_default_str()->type_name("N");
  kind.add_flag("--resume", o->resume, "Go on from the folder's checkpoint, to the same bits");
  return [o, &common](Context& context) { return run(*o, common, context); };
}

}  // namespace akin::cli
