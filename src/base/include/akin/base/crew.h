// Threads that share many pieces of work of a few microseconds each, as the products of one short text are: they wait by spinning, since
// waking a sleeping thread takes longer than the work. Whoever leads goes on alone where no helper comes, so that a helper that is late,
// or never started, costs time and nothing else. Tested by crew_test.cc.
//
//   context.parallel_for(2, 1, [&](std::size_t, std::size_t) { crew.join([&] { … crew.run(n, piece) … }); });
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>

namespace akin {

class Crew {
 public:
  using Piece = std::function<void(std::size_t piece)>;

  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// The first thread to come runs `lead`; the others help with what it runs until it returns. An exception of `lead` leaves its join().
  void join(const std::function<void()>& lead);

  /// Called inside `lead`: piece(i) for i < n_pieces ≤ 65,535, on whichever threads are there; returns when all are done. Pieces must not
  /// depend on each other. Throws the first exception of a piece.
  void run(std::size_t n_pieces, const Piece& piece);

 private:
  bool take_one();  // runs one piece if there is one
  void help();

  // What there is to take: round (32 bits), number of pieces (16), first piece not taken (16). One word, so that a helper that is late
  // cannot take a piece of a round that is over.
  alignas(64) std::atomic<std::uint64_t> offer_{0};
  alignas(64) std::atomic<std::size_t> done_{0};
  alignas(64) std::atomic<const Piece*> piece_{nullptr};
  std::atomic<bool> led_{false};
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::exception_ptr error_;
};

}  // namespace akin
