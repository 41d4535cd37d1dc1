#include "remote_name.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "akin/base/error.h"
#include "url.h"

namespace akin::hub {
namespace {

struct KindName {
  std::string_view name;
  RemoteKind kind;
};
constexpr std::array<KindName, 3> kKinds = {
    {{"openai", RemoteKind::openai}, {"ollama", RemoteKind::ollama}, {"bedrock", RemoteKind::bedrock}}};
constexpr std::size_t kMaxModelName = 256;
constexpr std::size_t kMaxNumber = 1'000'000;

[[noreturn]] void bad_name(std::string_view name, const std::string& what) {
  throw Error(ErrorCode::invalid_argument, "'" + std::string(name.substr(0, 200)) + "': " + what);
}

const KindName* kind_of(std::string_view name) noexcept {
  for (const KindName& kind : kKinds)
    if (name.starts_with(kind.name) && name.size() > kind.name.size() && (name[kind.name.size()] == ':' || name[kind.name.size()] == '+'))
      return &kind;
  return nullptr;
}

std::size_t number_from(std::string_view name, std::string_view key, std::string_view value) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number == 0 || number > kMaxNumber)
    bad_name(name, std::string(key) + " must be a number from 1 to " + std::to_string(kMaxNumber));
  return number;
}

bool truth_from(std::string_view name, std::string_view key, std::string_view value) {
  if (value != "true" && value != "false") bad_name(name, std::string(key) + " must be true or false");
  return value == "true";
}

void read_settings(std::string_view settings, RemoteName& remote) {
  while (!settings.empty()) {
    const std::string_view setting = settings.substr(0, settings.find('&'));
    settings.remove_prefix(std::min(settings.size(), setting.size() + 1));
    const std::size_t equals = std::min(setting.find('='), setting.size());
    const std::string_view key = setting.substr(0, equals);
    const std::string_view value = setting.substr(std::min(setting.size(), equals + 1));
    if (key == "dimensions") {
      remote.dimensions = number_from(remote.name, key, value);
    } else if (key == "max_tokens") {
      remote.max_tokens = number_from(remote.name, key, value);
    } else if (key == "normalize") {
      remote.normalize = truth_from(remote.name, key, value);
    } else {
      bad_name(remote.name, "the setting '" + std::string(key) + "' is not one of dimensions, max_tokens, normalize");
    }
  }
}

/// "http://HOST/v1#MODEL…": takes the endpoint off.
std::string take_endpoint(std::string_view name, std::string_view& rest) {
  const std::size_t hash = rest.find('#');
  if (hash == std::string_view::npos)
    bad_name(name, "the model's name is wanted behind a '#': " + std::string(name.substr(0, 100)) + "#MODEL");
  std::string endpoint(rest.substr(0, hash));
  rest.remove_prefix(hash + 1);
  try {
    if (parse_url(endpoint).target.find('?') != std::string::npos) bad_name(name, "an endpoint has no '?'");
  } catch (const Error& error) {
    bad_name(name, error.what());
  }
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

}  // namespace

std::string_view name_of(RemoteKind kind) noexcept { return std::ranges::find(kKinds, kind, &KindName::kind)->name; }

bool is_remote_name(std::string_view name) noexcept { return kind_of(name) != nullptr; }

RemoteName parse_remote_name(std::string_view name) {
  const KindName* kind = kind_of(name);
  if (kind == nullptr) bad_name(name, "is not the name of a remote model");
  RemoteName remote;
  remote.kind = kind->kind;
  remote.name = name;
  std::string_view rest = name.substr(kind->name.size() + 1);
  if (name[kind->name.size()] == '+') remote.endpoint = take_endpoint(name, rest);
  const std::size_t question = std::min(rest.find('?'), rest.size());
  remote.model = rest.substr(0, question);
  if (remote.model.empty() || remote.model.size() > kMaxModelName) bad_name(name, "a model's name of 1 to 256 bytes is wanted");
  for (const char c : remote.model)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F) bad_name(name, "the model's name holds white space");
  read_settings(rest.substr(std::min(rest.size(), question + 1)), remote);
  return remote;
}

}  // namespace akin::hub
