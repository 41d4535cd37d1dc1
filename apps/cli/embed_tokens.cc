#include "embed_tokens.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "akin/embed/embedding_writer.h"
#include "akin/embed/token_vectors.h"
#include "terminal.h"

namespace akin::cli {
namespace {

constexpr std::size_t kShownNumbers = 4;

void print_record(const Embedder& embedder, const std::string& text, const TokenVectors& vectors) {
  const Encoding& encoding = vectors.encoding;
  std::string tokens;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    const nlohmann::json token = {{"piece", embedder.tokenizer().piece(encoding.ids[i])},
                                  {"id", encoding.ids[i]},
                                  {"special", encoding.special[i] != 0},
                                  {"bytes", {encoding.offsets[i].begin, encoding.offsets[i].end}}};
    tokens += (i == 0 ? "" : ",") + json_text(token, "vector", numbers_text(vectors.hidden.row(i), VectorCode::f32));
  }
  const nlohmann::json record = {{"text", text}, {"n_tokens", encoding.ids.size()}, {"n_tokens_dropped", encoding.n_tokens_dropped}};
  print(json_text(record, "tokens", tokens) + "\n");
}

void print_table(const Embedder& embedder, const TokenVectors& vectors) {
  Table table{{"piece", "bytes", "vector"}, {}};
  for (std::size_t i = 0; i < vectors.encoding.ids.size(); ++i) {
    const std::span<const float> row = vectors.hidden.row(i);
    const TextSpan span = vectors.encoding.offsets[i];
    std::string numbers;
    for (std::size_t c = 0; c < std::min(row.size(), kShownNumbers); ++c) numbers += fixed(row[c], 4) + " ";
    const bool special = vectors.encoding.special[i] != 0;
    table.rows.push_back({embedder.tokenizer().piece(vectors.encoding.ids[i]),
                          special ? "" : std::to_string(span.begin) + ":" + std::to_string(span.end),
                          numbers + "… " + grouped(row.size()) + " numbers"});
  }
  print(table.text());
}

}  // namespace

void embed_each_token(const LoadedEmbedder& model, TextSource& source, const std::string& out, bool as_json,
                      const std::function<void(const TextReport&)>& told, Context& context) {
  const Embedder& embedder = model.embedder;
  std::optional<TokenVectorWriter> writer;
  if (!out.empty())
    writer.emplace(out, EmbeddingOrigin{model.source.name, embedder.fingerprint(), TextRole::plain, embedder.info().dim_model});
  embed_token_stream(
      embedder, [&](std::string& text) { return source.next(text); },
      [&](const std::string& text, const TokenVectors& vectors) {
        told({static_cast<std::uint32_t>(vectors.encoding.ids.size()), static_cast<std::uint32_t>(vectors.encoding.n_tokens_dropped),
              static_cast<std::uint32_t>(vectors.encoding.n_invalid)});
        if (writer) {
          writer->append(vectors);
        } else if (as_json) {
          print_record(embedder, text, vectors);
        } else {
          print_table(embedder, vectors);
        }
      },
      context);
  context.cancel.check();
  if (writer) writer->commit();
}

}  // namespace akin::cli
