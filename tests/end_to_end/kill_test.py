"""Runs killed at random moments, bits turned over, many programs at once: a few rounds of the scripts that run as many as wanted by hand."""
import unittest

import flip_bits
import kill_index
import kill_life
import many_at_once
from akin_case import PROGRAM, TINY


class Kill(unittest.TestCase):
    def test_a_killed_run_leaves_whole_documents_and_the_next_run_completes(self):
        killer = kill_index.run_rounds(PROGRAM, TINY, times=5, seed=11, n_documents=120)
        self.assertGreater(len(killer.new), 100)
        self.assertGreater(killer.killed_while_running, 0)

    def test_whatever_work_is_killed_the_collection_is_whole_and_the_work_can_be_done(self):
        killer = kill_life.run_rounds(PROGRAM, times=16, seed=5, n_documents=60)
        self.assertGreaterEqual(set(killer.rounds), {"add", "update", "delete", "compaction", "reindex", "graph", "graph-update"})


class Flip(unittest.TestCase):
    def test_a_bit_that_is_turned_over_is_named_and_mended(self):
        flipper = flip_bits.run_flips(PROGRAM, seed=3, step=16_384, n_documents=20)
        self.assertGreater(flipper.counts["mended"], 3)


class Crowd(unittest.TestCase):
    def test_readers_see_whole_documents_beside_two_writers(self):
        counts = many_at_once.run_crowd(PROGRAM, seconds=8)
        self.assertGreater(counts["reads"], 0)
        self.assertGreater(counts["writes"], 0)


if __name__ == "__main__":
    unittest.main()
