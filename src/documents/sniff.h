// What a file is, told by its first bytes and, for text, by its name. Tested by sniff_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace akin::documents {

enum class Format { text, markdown, html, pdf, code, csv, tsv, json, jsonl, notebook, mail, mbox };

/// What a binary format that is not read is called ("a PNG image"); empty for text, PDF, packed files, ZIP and RTF.
std::string describe_binary(std::string_view bytes);

[[nodiscard]] bool is_pdf(std::string_view bytes) noexcept;
/// Endings of messages and mailboxes.
[[nodiscard]] bool is_mail_ending(std::string_view ending) noexcept;
/// Bytes that are no text in any encoding read here: many control characters.
[[nodiscard]] bool is_binary(std::string_view bytes) noexcept;

/// The format of text bytes by the file's name and ending (lower case, without dot), else by how it begins.
Format format_of(std::string_view bytes, std::string_view name, std::string_view ending);

/// The programming language of a name or ending ("python"), empty if it is none.
std::string_view language_of(std::string_view name, std::string_view ending) noexcept;

}  // namespace akin::documents
