#include "rtf_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace akin::documents {
namespace {

constexpr std::array<std::pair<std::string_view, RtfRole>, 34> kRoles = {{
    {"fonttbl", RtfRole::fonts},       {"stylesheet", RtfRole::styles},  {"info", RtfRole::info},
    {"title", RtfRole::info_field},    {"author", RtfRole::info_field},  {"subject", RtfRole::info_field},
    {"keywords", RtfRole::info_field}, {"doccomm", RtfRole::info_field}, {"creatim", RtfRole::info_field},
    {"revtim", RtfRole::info_field},   {"listtext", RtfRole::item_mark}, {"pntext", RtfRole::item_mark},
    {"colortbl", RtfRole::dropped},    {"pict", RtfRole::dropped},       {"objdata", RtfRole::dropped},
    {"objclass", RtfRole::dropped},    {"header", RtfRole::dropped},     {"headerl", RtfRole::dropped},
    {"headerr", RtfRole::dropped},     {"headerf", RtfRole::dropped},    {"footer", RtfRole::dropped},
    {"footerl", RtfRole::dropped},     {"footerr", RtfRole::dropped},    {"footerf", RtfRole::dropped},
    {"ftnsep", RtfRole::dropped},      {"ftnsepc", RtfRole::dropped},    {"fldinst", RtfRole::dropped},
    {"xe", RtfRole::dropped},          {"tc", RtfRole::dropped},         {"nonesttables", RtfRole::dropped},
    {"sp", RtfRole::dropped},          {"themedata", RtfRole::dropped},  {"listtable", RtfRole::dropped},
    {"rxe", RtfRole::dropped},
}};

/// Starred groups ("ignore what you do not know") that hold text.
constexpr std::array<std::string_view, 6> kKnownStarred = {"footnote", "shpinst", "shptxt", "nesttableprops", "pntext", "fldrslt"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kCharacters = {{
    {"emdash", "—"},
    {"endash", "–"},
    {"lquote", "‘"},
    {"rquote", "’"},
    {"ldblquote", "“"},
    {"rdblquote", "”"},
    {"bullet", "•"},
    {"tab", " "},
    {"emspace", " "},
    {"enspace", " "},
    {"qmspace", " "},
    {"nestcell", " "},
    {"nestrow", " "},
    {"zwj", "\xE2\x80\x8D"},
    {"zwnj", "\xE2\x80\x8C"},
    {"chftn", ""},
    {"chatn", ""},
}};

}  // namespace

RtfRole rtf_role(std::string_view word) noexcept {
  const auto* at = std::find_if(kRoles.begin(), kRoles.end(), [&](const auto& row) { return row.first == word; });
  return at == kRoles.end() ? RtfRole::body : at->second;
}

bool is_known_starred(std::string_view word) noexcept {
  return std::find(kKnownStarred.begin(), kKnownStarred.end(), word) != kKnownStarred.end();
}

std::optional<std::string_view> rtf_character(std::string_view word) noexcept {
  const auto* at = std::find_if(kCharacters.begin(), kCharacters.end(), [&](const auto& row) { return row.first == word; });
  return at == kCharacters.end() ? std::nullopt : std::optional(at->second);
}

std::string page_name(int page) {
  if (page == 1252 || page <= 0) return "windows-1252";
  if (page == 65001) return "utf-8";
  if (page == 10000) return "macintosh";
  return "cp" + std::to_string(page);
}

int page_of_charset(int charset) noexcept {
  constexpr std::array<std::pair<int, int>, 17> kPages = {{{77, 10000},
                                                           {128, 932},
                                                           {129, 949},
                                                           {130, 1361},
                                                           {134, 936},
                                                           {136, 950},
                                                           {161, 1253},
                                                           {162, 1254},
                                                           {163, 1258},
                                                           {177, 1255},
                                                           {178, 1256},
                                                           {186, 1257},
                                                           {204, 1251},
                                                           {222, 874},
                                                           {238, 1250},
                                                           {254, 437},
                                                           {255, 850}}};
  for (const auto& [key, page] : kPages)
    if (key == charset) return page;
  return 0;
}

}  // namespace akin::documents
