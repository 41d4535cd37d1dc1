// Typed access to the fields of a JSON file with errors that say where: "tokenizer.json: model: 'vocab' must be an object".
// Tested by json_fields_test.cc.
#pragma once

#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/base/error.h"

namespace akin::text {

/// The members of an object in the order of the file. A vocabulary of 30,000 members is read in a third of the time that a tree takes, and
/// the few that are asked for by name are found from the end: of a repeated key the last one counts, as in other readers of JSON.
template <class Key, class Value, class Compare, class Allocator>
class MemberList : public std::vector<std::pair<const Key, Value>, Allocator> {
 public:
  using Members = std::vector<std::pair<const Key, Value>, Allocator>;
  using key_type = Key;
  using mapped_type = Value;
  using key_compare = Compare;
  using Members::Members;
  using typename Members::const_iterator;
  using typename Members::iterator;
  using typename Members::value_type;

  /// Appends; whether the key is there already is not asked.
  std::pair<iterator, bool> emplace(const Key& key, Value&& value) {
    this->emplace_back(key, std::move(value));
    return {std::prev(this->end()), true};
  }
  std::pair<iterator, bool> insert(const value_type& member) { return emplace(member.first, Value(member.second)); }
  template <class Iterator>
  void insert(Iterator first, Iterator last) {
    for (; first != last; ++first) this->emplace_back(*first);
  }
  iterator erase(iterator first, iterator last) {
    const auto at = first - this->begin();
    MemberList kept;
    for (auto member = this->begin(); member != this->end(); ++member) {
      if (member < first || member >= last) kept.emplace_back(member->first, std::move(member->second));
    }
    this->swap(kept);
    return this->begin() + at;
  }
  iterator erase(iterator member) { return erase(member, member + 1); }
  std::size_t erase(std::string_view key) {
    const auto member = find(key);
    if (member == this->end()) return 0;
    erase(member);
    return 1;
  }
  Value& operator[](const Key& key) { return emplace(key, Value()).first->second; }

  [[nodiscard]] iterator find(std::string_view key) { return this->begin() + (std::as_const(*this).find(key) - this->cbegin()); }
  [[nodiscard]] const_iterator find(std::string_view key) const {
    for (auto member = this->cend(); member != this->cbegin();) {
      if ((--member)->first == key) return member;
    }
    return this->cend();
  }
  [[nodiscard]] std::size_t count(std::string_view key) const { return find(key) == this->cend() ? 0 : 1; }
  Value& at(std::string_view key) { return const_cast<Value&>(std::as_const(*this).at(key)); }
  const Value& at(std::string_view key) const {
    const auto member = find(key);
    if (member == this->cend()) throw std::out_of_range("key not found");
    return member->second;
  }
};

using Json = nlohmann::basic_json<MemberList>;

/// The whole of a file. Throws Error{corrupt} naming it.
Json parse_json(std::string_view bytes, const std::string& name);

/// The member `key`, or a null value if it is absent. Throws Error{corrupt} if `object` is not an object.
const Json& member(const Json& object, const char* key, const std::string& where);

/// Members of one type; those with a `fallback` may be absent or null.
bool bool_field(const Json& object, const char* key, bool fallback, const std::string& where);
std::string string_field(const Json& object, const char* key, const std::string& where);
std::string string_field(const Json& object, const char* key, const std::string& fallback, const std::string& where);
/// 0 … `limit`, else Error{corrupt}.
std::uint64_t unsigned_value(const Json& value, std::uint64_t limit, const std::string& where);
const Json& array_field(const Json& object, const char* key, const std::string& where);

/// One row of a table of kinds: the name in a file's "type" field and how to read it.
template <class Part>
struct Kind {
  std::string_view name;
  Part (*read)(const Json& json, const std::string& where, int depth);
};

/// How deep parts (a Sequence in a Sequence …) may be nested.
inline constexpr int kMaxDepth = 16;

/// Reads `json` by its "type" with the row of that name. Throws Error{unsupported} naming the file and the kind.
template <class Part>
Part read_kind(std::span<const Kind<Part>> table, const Json& json, const std::string& where, int depth) {
  if (depth > kMaxDepth) throw Error(ErrorCode::limit, where + ": parts are nested more than " + std::to_string(kMaxDepth) + " deep");
  const std::string type = string_field(json, "type", where);
  for (const Kind<Part>& kind : table) {
    if (kind.name == type) return kind.read(json, where + " " + type, depth);
  }
  throw Error(ErrorCode::unsupported, where + " of kind '" + type + "' is not supported");
}

}  // namespace akin::text
