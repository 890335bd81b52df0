"""A clock that goes on only when every thread waits: stages that sleep, without the time and the chance of sleeping.

`use(module)` has a module of threads and conditions go by a Clock. Its threads are real ones, and what it does between
two sleeps takes no time. Where all wait for each other and nobody sleeps, the process ends with status 3.
"""

import heapq
import itertools
import os
import sys
import threading
import types


class Clock:
    def __init__(self):
        self.now = 0
        self._lock = threading.Lock()
        self._running = 1  # Threads that neither sleep nor wait; the caller is the first.
        self._sleepers = []
        self._order = itertools.count()

    def time(self):
        return self.now

    def sleep(self, length):
        woken = threading.Event()
        with self._lock:
            heapq.heappush(self._sleepers, (self.now + length, next(self._order), woken))
            self._stop()
        woken.wait()

    def start(self, threads=1):
        """So many threads run that did not."""
        with self._lock:
            self._running += threads

    def stop(self):
        """The calling thread is about to wait, or to end."""
        with self._lock:
            self._stop()

    def _stop(self):
        self._running -= 1
        if self._running:
            return
        if not self._sleepers:
            sys.stderr.write("virtual_time.py: all threads wait for each other\n")
            sys.stderr.flush()
            os._exit(3)
        self.now = self._sleepers[0][0]
        while self._sleepers and self._sleepers[0][0] == self.now:
            heapq.heappop(self._sleepers)[2].set()
            self._running += 1


def use(module):
    """Has `module` use a new Clock for its threads, conditions and times; returns the clock."""
    clock = Clock()

    class Condition(threading.Condition):
        waiting = 0

        def wait(self, timeout=None):  # Without its end: nothing takes too long here.
            self.waiting += 1
            clock.stop()
            return super().wait()

        def notify(self, n=1):
            # They run from now on, though they have yet to notice: the clock must not go on without them.
            woken = min(n, self.waiting)
            self.waiting -= woken
            clock.start(woken)
            super().notify(n)

    class Thread(threading.Thread):
        def start(self):
            clock.start()
            super().start()

        def run(self):
            try:
                super().run()
            finally:
                clock.stop()

    module.threading = types.SimpleNamespace(Lock=threading.Lock, Condition=Condition, Thread=Thread)
    module.time = types.SimpleNamespace(monotonic=clock.time, perf_counter=clock.time, sleep=clock.sleep)
    return clock
