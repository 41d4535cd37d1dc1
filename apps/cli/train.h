// `akin train KIND`: one function a kind, each in the file of its name (train_tokenizer.cc; word2vec and fasttext: train_words.cc).
// train.cc is the table where a new kind joins.
#pragma once

#include "command.h"

namespace akin::cli {

Run add_train_tokenizer(CLI::App& kind, Common& common);
Run add_train_word2vec(CLI::App& kind, Common& common);
Run add_train_classifier(CLI::App& kind, Common& common);
Run add_train_head(CLI::App& kind, Common& common);
Run add_train_fasttext(CLI::App& kind, Common& common);
Run add_train_glove(CLI::App& kind, Common& common);
Run add_train_lm(CLI::App& kind, Common& common);
Run add_train_pairs(CLI::App& kind, Common& common);

}  // namespace akin::cli
