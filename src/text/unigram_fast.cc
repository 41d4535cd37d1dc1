#include "unigram_fast.h"

#include <string>
#include <utility>

#include "charsmap.h"

namespace akin::text {
namespace {

constexpr int kCannotBeWatched = -2;

std::string described(const char* json) { return read_normalizer(Json::parse(json), "")->describe(); }

// Is it [charsmap,] strip at the right, runs of spaces to one mark? `map` is set to the charsmap, if there is one.
bool is_usual(const Normalizer* normalizer, const Charsmap*& map) {
  if (normalizer == nullptr) return false;
  std::span<const std::unique_ptr<const Normalizer>> parts = normalizer->parts();
  const auto* precompiled = parts.empty() ? nullptr : dynamic_cast<const Precompiled*>(parts.front().get());
  if (precompiled != nullptr) {
    map = &precompiled->map();
    parts = parts.subspan(1);
  }
  return parts.size() == 2 && parts[0]->describe() == described(R"({"type": "Strip", "strip_left": false, "strip_right": true})") &&
         parts[1]->describe() == described(R"({"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"})");
}

// The byte that all tokens of the normalised text begin with; −1 if there are none.
int watched_byte(const AddedTokens& added) {
  int out = -1;
  for (const AddedToken& token : added.all()) {
    if (!token.normalized) continue;
    const auto byte = static_cast<unsigned char>(token.content.front());
    if ((out >= 0 && out != byte) || byte <= 0x20 || byte >= 0x7F) return kCannotBeWatched;
    out = byte;
  }
  return out;
}

// The room that a huge text took is not kept.
void shrink(UnigramScratch& scratch) {
  constexpr std::size_t kKept = std::size_t{1} << 16;
  if (scratch.segments.capacity() > kKept) scratch.segments = {};
  if (scratch.lattice.nodes.capacity() > kKept) scratch.lattice.nodes = {};
  if (scratch.word.capacity() > kKept) scratch.word = {};
  if (scratch.origins.capacity() > kKept) scratch.origins = {};
  if (scratch.stretch.capacity() > kKept) scratch.stretch = {};
  if (scratch.stretch_origins.capacity() > kKept) scratch.stretch_origins = {};
  if (scratch.tokens.capacity() > kKept) scratch.tokens = {};
}

}  // namespace

UnigramFast::UnigramFast(const Charsmap* map, PrependScheme scheme, int watched, const Unigram& model, const AddedTokens& added,
                         const Pipeline& pipeline)
    : rules_(map, scheme, watched, model), added_(added), pipeline_(pipeline) {}

std::unique_ptr<const UnigramFast> UnigramFast::make(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline) {
  const auto* model = dynamic_cast<const Unigram*>(parts.model.get());
  const auto* splitter = dynamic_cast<const Metaspace*>(parts.pre_tokenizer.get());
  const Charsmap* map = nullptr;
  if (model == nullptr || splitter == nullptr || !is_usual(parts.normalizer.get(), map)) return nullptr;
  const MetaspaceOptions& options = splitter->options();
  const int watched = watched_byte(added);
  if (!options.split || options.replacement != kMetaspace || watched == kCannotBeWatched) return nullptr;
  std::unique_ptr<const UnigramFast> out(new UnigramFast(map, options.prepend, watched, *model, added, pipeline));
  return out->rules_.keeps_ascii() ? std::move(out) : nullptr;
}

void UnigramFast::tokenize(std::string_view text, TokenSink& sink) const {
  ScratchPool<UnigramScratch>::Lease lease(pool_);
  UnigramScratch& scratch = lease.get();
  for_each_stretch(added_.literal(), text, 0, scratch.segments, sink, [&](std::string_view stretch, std::size_t begin) {
    if (!UnigramRun(rules_, stretch, begin, sink, scratch).run()) pipeline_.tokenize_segment(stretch, begin, sink);
  });
  shrink(scratch);
}

}  // namespace akin::text
