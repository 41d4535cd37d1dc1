// SQLite for this layer: connections and statements that close themselves and throw akin::Error. Nothing above src/store sees SQLite.
// A connection belongs to one thread at a time. Tested by sqlite_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace akin::store {

class Connection;

/// Readers wait this long where the log of a killed process is being recovered or folded in; both take milliseconds.
inline constexpr int kLockMilliseconds = 10'000;

/// A prepared statement. Text and bytes that are bound must live until the next reset().
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Takes the statement back to its start and binds ?1, ?2, … in order.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int position = 0;
    (bind_at(++position, values), ...);
    return *this;
  }
  void reset() noexcept;
  /// True while there is a row.
  bool step();
  /// For statements without rows: runs to the end and resets.
  void run();

  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  [[nodiscard]] double real(int column) const noexcept;
  /// Valid until the next step() or reset().
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] std::span<const std::byte> blob(int column) const noexcept;
  [[nodiscard]] bool is_null(int column) const noexcept;

  template <class T>
  requires std::is_integral_v<T>
  void bind_at(int position, T value) { bind_integer(position, static_cast<std::int64_t>(value)); }
  void bind_at(int position, double value);
  /// Nothing: NULL.
  template <class T>
  void bind_at(int position, const std::optional<T>& value) {
    if (value)
      bind_at(position, *value);
    else
      bind_null(position);
  }
  void bind_at(int position, std::string_view value);
  void bind_at(int position, std::span<const std::byte> value);
  /// For akin_among() (see sql_functions.h): `ids` and what it views must live until the next reset().
  void bind_ids_at(int position, const std::span<const std::uint64_t>& ids);
  /// For akin_collect(): `list` must live until the next reset().
  void bind_list_at(int position, std::vector<std::uint64_t>& list);

 private:
  void bind_integer(int position, std::int64_t value);
  void bind_null(int position);
  void check(int rc) const;

  Connection* connection_;
  sqlite3_stmt* statement_ = nullptr;
};

enum class OpenMode { read, write, create };

class Connection {
 public:
  /// A new file's pages keep room for their checksums. Throws Error{not_found}, Error{corrupt}, Error{io}.
  Connection(const std::filesystem::path& file, OpenMode mode);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One or several statements without results.
  void exec(const char* sql);
  /// A statement that is kept for the next use. `sql` must be a literal. Not to be nested with itself.
  Statement& statement(const char* sql);
  /// The first column of the first row, `otherwise` if there is none.
  std::int64_t integer(const char* sql, std::int64_t otherwise);
  /// Takes every kept statement back to its start, so that none holds a lock or bound text.
  void settle() noexcept;
  /// How long a statement waits for a lock.
  void wait_for_locks(int milliseconds) noexcept;
  [[nodiscard]] std::int64_t last_insert_id() const noexcept;
  [[nodiscard]] sqlite3* handle() const noexcept { return db_; }
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
  /// Throws the Error that an SQLite result stands for, naming the file.
  [[noreturn]] void fail(int rc, std::string_view doing) const;

 private:
  std::filesystem::path file_;
  sqlite3* db_ = nullptr;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;  // by address: each literal is prepared for itself
};

/// BEGIN … COMMIT, rolled back unless commit() was called.
class Transaction {
 public:
  /// `writing`: takes SQLite's write lock at once.
  Transaction(Connection& connection, bool writing);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection* connection_;
};

}  // namespace akin::store
