"""Reading ahead: an iterator run in a thread, a few items before they are asked for, so that its failures arrive and its hangs end."""

import collections
import sys
import threading
import time

from parakeet.errors import DataError

# How often a waiting consumer looks whether there is still progress, in seconds.
_GLANCE = 0.1


class Watch:
    """Tells for how long something has stood still, by a count that grows as long as it goes on.

    Only time in which somebody looks is counted, so a process that was suspended for an hour finds nothing amiss when it wakes.

    Args:
        count (Callable): gives the count, anything that can be compared.
    """

    def __init__(self, count):
        self._count = count
        self.begin()

    def begin(self):
        """Start anew: what was before does not count."""
        self._last = self._count()
        self._still = 0.0
        self._looked = time.monotonic()

    def still(self):
        """float: look, and say for how many seconds there was no change. To be called a few times a second."""
        now, count = time.monotonic(), self._count()
        self._still = self._still + min(now - self._looked, 10 * _GLANCE) if count == self._last else 0.0
        self._last, self._looked = count, now
        return self._still


class NotWaitedFor(Exception):
    """Raised where a batch is waited for, when nobody wants it any more."""


class ReadAhead:
    """Runs an iterator in a thread of its own, some items ahead. An error is handed on when its turn comes, after the items before it.

    Dropping the last reference ends the thread, as `close` does.

    Args:
        source (Callable): ``source(stopped)`` gives the iterator; it should end when ``stopped()`` is true.
        depth (int): items kept ready.
        watch (Watch): of the iterator's progress.
        timeout (float): seconds for which it may stand still.
        complaint (Callable): gives the message of the error when it has stood still for longer.
    """

    def __init__(self, source, depth, watch, timeout, complaint):
        self._channel = _Channel(depth)
        self._watch = watch
        self._timeout = timeout
        self._complaint = complaint
        # The thread holds the channel only, never this object: so this can be collected while the thread waits.
        self._thread = threading.Thread(target=_fill, args=(source, self._channel), name="parakeet-read-ahead", daemon=True)
        self._thread.start()

    def get(self, stop=None):
        """Give the next item; waits for it.

        Args:
            stop (Callable, optional): asked a few times a second while it waits; True ends the waiting.

        Raises:
            NotWaitedFor: if `stop` ended the waiting; the item will be there for the next call.
            DataError: if there is no progress for too long, or the iterator ended in an unusual way.
            Exception: what the iterator raised.
        """
        self._watch.begin()
        while (entry := self._channel.get(_GLANCE)) is None:
            if stop is not None and stop():
                raise NotWaitedFor
            if self._watch.still() > self._timeout:
                raise DataError(self._complaint())
        item, error = entry
        if error is None:
            return item
        if isinstance(error, Exception):
            raise error
        raise DataError(f"reading ahead was ended by {type(error).__name__}: {error}") from error

    def close(self, patience=5.0):
        """Stop reading and let go of what was read.

        Args:
            patience (float): seconds to wait for the thread; a thread can't be killed, it ends when what it does returns.

        Returns:
            bool: whether the thread has ended.
        """
        self._channel.close()
        if self._thread is not threading.current_thread() and not sys.is_finalizing():
            self._thread.join(patience)
        return not self._thread.is_alive()

    def __del__(self):
        if hasattr(self, "_thread"):
            self.close(patience=1.0)


def _fill(source, channel):
    try:
        for item in source(channel.is_closed):
            if not channel.put((item, None)):
                return
            del item  # or a batch would stay in memory for as long as the next one is made
        channel.put((None, DataError("there is nothing more to read ahead")))
    except BaseException as error:  # whatever it is, it belongs to the consumer: a thread that dies alone is a hang
        channel.put((None, error))


class _Channel:
    """A queue of bounded length, whose `put` gives up the moment it is closed."""

    def __init__(self, depth):
        self._items = collections.deque()
        self._depth = depth
        self._closed = False
        self._changed = threading.Condition()

    def is_closed(self):
        return self._closed

    def put(self, item):
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < self._depth)
            if not self._closed:
                self._items.append(item)
                self._changed.notify_all()
            return not self._closed

    def get(self, seconds):
        with self._changed:
            if not self._changed.wait_for(lambda: self._items, seconds):
                return None
            self._changed.notify_all()
            return self._items.popleft()

    def close(self):
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()
