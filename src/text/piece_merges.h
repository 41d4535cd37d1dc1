// The merges of a SentencePiece BPE vocabulary, which keeps none: each way to make a piece of two others, best score first, in the order
// that transformers' converter gives them. Tested by piece_merges_test.cc against the plain definition.
#pragma once

#include <string>
#include <vector>

#include "bpe.h"
#include "unigram.h"

namespace akin::text {

/// Linear in the bytes of the pieces and in the merges. Throws Error{limit} naming `where` for more than four million merges or a piece
/// longer than Unigram::kMaxPieceBytes.
std::vector<BpeMerge> merges_by_score(const std::vector<ScoredPiece>& pieces, const std::string& where);

}  // namespace akin::text
