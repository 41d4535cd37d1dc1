#include "sections.h"

#include <span>

namespace akin::documents {
namespace {

std::string_view gap_between(const Block& before, const Block& after) {
  const bool lines = before.kind == after.kind && (after.kind == BlockKind::list_item || after.kind == BlockKind::table_row);
  return lines || before.kind == BlockKind::heading ? "\n" : "\n\n";
}

void append(Section& section, std::span<const Block> blocks) {
  for (const Block& block : blocks) {
    if (!section.parts.empty()) section.text += gap_between(*section.parts.back().block, block);
    const std::size_t begin = section.text.size();
    section.text += block.text;
    section.parts.push_back({begin, section.text.size(), &block});
  }
}

/// The headings at the end of the run of which each is deeper than the one before.
std::span<const Block> chain_of(std::span<const Block> run) {
  std::size_t begin = run.empty() ? 0 : run.size() - 1;
  while (begin > 0 && run[begin - 1].level < run[begin].level) --begin;
  return run.subspan(begin);
}

Section headings_only(std::span<const Block> run) {
  Section section;
  section.headings = run.front().headings;
  section.n_outer = section.headings.size();
  append(section, run);
  return section;
}

}  // namespace

std::vector<Section> sections_of(const Document& document) {
  std::vector<Section> sections;
  const std::span<const Block> blocks(document.blocks);
  for (std::size_t i = 0; i < blocks.size();) {
    std::size_t body = i;
    while (body < blocks.size() && blocks[body].kind == BlockKind::heading) ++body;
    std::size_t end = body;
    while (end < blocks.size() && blocks[end].kind != BlockKind::heading && blocks[end].headings == blocks[body].headings) ++end;
    const std::span<const Block> run = blocks.subspan(i, body - i);
    i = end;
    if (body == end) {
      sections.push_back(headings_only(run));
      continue;
    }
    const std::span<const Block> chain = chain_of(run);
    if (chain.size() < run.size()) sections.push_back(headings_only(run.first(run.size() - chain.size())));
    Section& section = sections.emplace_back();
    section.headings = blocks[body].headings;
    section.n_outer = chain.empty() ? section.headings.size() : chain.front().headings.size();
    append(section, chain);
    append(section, blocks.subspan(body, end - body));
    section.body = section.parts[chain.size()].begin;
  }
  return sections;
}

}  // namespace akin::documents
