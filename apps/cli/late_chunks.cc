#include "late_chunks.h"

#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/base/atomic_file.h"

namespace akin::cli {

void embed_late(const Embedder& embedder, TextSource& source, TextRole role, std::size_t chunk_tokens,
                const std::function<void(const LateText& text)>& sink, Context& context) {
  std::string text;
  for (LateText late; source.next(text); ++late.index) {
    late.spans = cut_spans(text, embedder.tokenizer(), chunk_tokens);
    late.chunks.clear();
    late.result = {};
    late.report = {};
    if (!late.spans.empty()) {
      LateChunks chunks = embedder.embed_late(text, late.spans, role, context);
      late.result.vectors = std::move(chunks.vectors);
      late.report = chunks.report;
      for (std::size_t i = 0; i < late.spans.size(); ++i) {
        late.chunks.push_back(text.substr(late.spans[i].begin, late.spans[i].end - late.spans[i].begin));
        late.result.reports.push_back({.n_tokens = chunks.n_tokens[i]});
      }
    }
    sink(late);
    context.progress.advance(1);
  }
}

void ChunkPlaces::add(const LateText& text) {
  for (std::size_t i = 0; i < text.spans.size(); ++i)
    lines_ += nlohmann::json{{"text", text.index}, {"chunk", i}, {"bytes", {text.spans[i].begin, text.spans[i].end}}}.dump() + "\n";
}

void ChunkPlaces::write(const std::string& file) const {
  AtomicFile out(file + ".chunks.jsonl");
  out.write(lines_);
  out.commit();
}

}  // namespace akin::cli
