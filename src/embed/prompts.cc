#include "prompts.h"

#include <span>
#include <string_view>

#include "akin/base/error.h"

namespace akin {
namespace {

const std::string* find_prompt(const SentenceConfig& sentence, std::string_view name) {
  for (const auto& [known, text] : sentence.prompts) {
    if (known == name) return &text;
  }
  return nullptr;
}

const std::string& named_prompt(const SentenceConfig& sentence, const std::string& name, const std::string& model) {
  if (const std::string* prompt = find_prompt(sentence, name)) return *prompt;
  std::string names;
  for (const auto& [known, text] : sentence.prompts) names += (names.empty() ? "" : ", ") + known;
  throw Error(ErrorCode::invalid_argument,
              model + ": no prompt is called '" + name + "'; " + (names.empty() ? "the model has none" : "there are " + names));
}

std::string role_prompt(const SentenceConfig& sentence, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string* prompt = find_prompt(sentence, name)) return *prompt;
  }
  const std::string* prompt = find_prompt(sentence, sentence.default_prompt);
  return prompt == nullptr ? std::string() : *prompt;
}

}  // namespace

std::array<std::string, 3> choose_prompts(const SentenceConfig& sentence, const EmbedderOptions& options, const std::string& model) {
  constexpr std::string_view kQueryNames[] = {"query"};
  constexpr std::string_view kDocumentNames[] = {"document", "passage", "corpus"};
  std::array<std::string, 3> prompts;
  if (options.prompt) {
    prompts.fill(*options.prompt);
  } else if (options.prompt_name) {
    prompts.fill(named_prompt(sentence, *options.prompt_name, model));
  } else {
    prompts[static_cast<std::size_t>(TextRole::plain)] = role_prompt(sentence, {});
    prompts[static_cast<std::size_t>(TextRole::query)] = role_prompt(sentence, kQueryNames);
    prompts[static_cast<std::size_t>(TextRole::document)] = role_prompt(sentence, kDocumentNames);
  }
  return prompts;
}

}  // namespace akin
