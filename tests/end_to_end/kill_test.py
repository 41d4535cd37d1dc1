"""index killed at random moments: a few rounds of kill_index.py, which runs as many as wanted by hand."""
import unittest

import kill_index
from akin_case import PROGRAM, TINY


class Kill(unittest.TestCase):
    def test_a_killed_run_leaves_whole_documents_and_the_next_run_completes(self):
        killer = kill_index.run_rounds(PROGRAM, TINY, times=5, seed=11, n_documents=120)
        self.assertGreater(len(killer.new), 100)
        self.assertGreater(killer.killed_while_running, 0)


if __name__ == "__main__":
    unittest.main()
