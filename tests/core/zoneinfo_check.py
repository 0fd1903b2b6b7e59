"""Checks samples of calling windows against Python's zoneinfo.

Reads what window_samples prints and works out the truth a second time, sharing nothing with the
library: from the text of the rules, with another reader of the zone data. A window is the instants
at which the wall shows a time between its ends, and the instants its ends mean when they fall into
a gap; the interval is found by asking at every instant at which anything can change.

    zoneinfo_check.py PROGRAM [COUNT [SEED]]
"""

import functools
import json
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SECOND = 1_000_000
DAY = 86_400
EPOCH = datetime(1970, 1, 1)
LONGEST = 366 * DAY * SECOND


@functools.lru_cache(maxsize=1_000_000)
def offset(zone, second):
    """Seconds east of UTC at an instant (in seconds)."""
    there = (EPOCH + timedelta(seconds=second)).replace(tzinfo=timezone.utc).astimezone(zone)
    return int(there.utcoffset().total_seconds())


def midnight(day):
    """Seconds since 1970 of a date's midnight, on the wall."""
    return (day - EPOCH.date()).days * DAY


@functools.lru_cache(maxsize=1_000_000)
def meanings(zone, wall):
    """The instants (in seconds) at which the wall shows `wall`; in a gap, the first one after it."""
    naive = EPOCH + timedelta(seconds=wall)
    guesses = {
        wall - int(naive.replace(tzinfo=zone, fold=fold).utcoffset().total_seconds())
        for fold in (0, 1)
    }
    real = sorted(guess for guess in guesses if guess + offset(zone, guess) == wall)
    if real:
        return tuple(real)
    low, high = min(guesses), max(guesses)  # The change lies between them.
    while high - low > 1:
        middle = (low + high) // 2
        if middle + offset(zone, middle) > wall:
            high = middle
        else:
            low = middle
    return (high,)


@functools.lru_cache(maxsize=100_000)
def occurs(zone, day):
    """Whether the wall ever shows the date."""
    start = midnight(day)
    return any(
        instant + offset(zone, instant) == start + part * 900
        for part in range(96)
        for instant in meanings(zone, start + part * 900)
    )


class Rules:
    def __init__(self, sample):
        self.zone = ZoneInfo(sample["zone"])
        self.windows = sample["windows"]
        self.start = sample["start"] and date.fromisoformat(sample["start"])
        self.end = sample["end"] and date.fromisoformat(sample["end"])
        self.excluded = {date.fromisoformat(text) for text in sample["excluded"]}
        self.days = {}

    def windows_of(self, day):
        """The windows that open on a date, as (opens, closes) on the wall and what these mean."""
        if day not in self.days:
            self.days[day] = list(self._windows_of(day))
        return self.days[day]

    def _windows_of(self, day):
        if self.start and day < self.start or self.end and day > self.end:
            return
        if day in self.excluded or not occurs(self.zone, day):
            return
        for opens, closes in self.windows[day.weekday()]:
            first = midnight(day) + opens
            last = midnight(day) + closes + (DAY if closes < opens else 0)
            meant = {*meanings(self.zone, first), *meanings(self.zone, last)}
            yield first, last, meant

    def is_open(self, now):
        second = now // SECOND
        wall = now + offset(self.zone, second) * SECOND
        today = EPOCH.date() + timedelta(days=wall // (DAY * SECOND))
        if today in self.excluded:
            return False
        # A zone may skip a whole day: what closed on it means an instant two dates later.
        for back in range(4):
            for first, last, meant in self.windows_of(today - timedelta(days=back)):
                if first * SECOND <= wall <= last * SECOND:
                    return True
                if now == second * SECOND and second in meant:
                    return True
        return False

    def changes_on(self, day):
        """Every instant (in microseconds) at which rules or offset may change on or after a date."""
        start = midnight(day)
        walls = {start}
        for opens, closes in self.windows[day.weekday()]:
            walls |= {start + opens, start + closes + (DAY if closes < opens else 0)}
        seconds = set()
        for wall in walls:
            seconds |= set(meanings(self.zone, wall))
        for hour in range(-15, 15 + 24):
            low, high = start + hour * 3600, start + (hour + 1) * 3600
            if offset(self.zone, low) != offset(self.zone, high):
                while high - low > 1:
                    middle = (low + high) // 2
                    if offset(self.zone, middle) == offset(self.zone, low):
                        low = middle
                    else:
                        high = middle
                seconds.add(high)
        return {second * SECOND + tick for second in seconds for tick in (-1, 0, 1)}

    def changes_from(self, day):
        """The same from a date on, in order, without end."""
        pending = set()
        while True:
            pending |= self.changes_on(day)
            day += timedelta(days=1)
            # Nothing that later dates can add lies before this.
            complete = (midnight(day) - 16 * 3600) * SECOND
            yield from sorted(point for point in pending if point < complete)
            pending = {point for point in pending if point >= complete}

    def opened_at(self, now, today):
        """When what is open at `now` opened, at most a year ago."""
        for back in (4, 370):
            opens, seen_closed = None, False
            for point in self.changes_from(today - timedelta(days=back)):
                if point > now:
                    break
                if not self.is_open(point):
                    opens, seen_closed = None, True
                elif opens is None:
                    opens = point
            if seen_closed:
                return max(now if opens is None else opens, now - LONGEST)
        return now - LONGEST

    def next_interval(self, now):
        """The open interval around or after `now`, cut a year from it; None if there is none."""
        local = now // SECOND + offset(self.zone, now // SECOND)
        today = EPOCH.date() + timedelta(days=local // DAY)
        opens = self.opened_at(now, today) if self.is_open(now) else None
        soonest = max(today, self.start or today)
        last = soonest + timedelta(days=60 + 370)  # Samples exclude a few dates only.
        if self.end:
            last = min(last, max(today, self.end) + timedelta(days=5))
        day = (today if opens is not None else soonest) - timedelta(days=4)
        for point in self.changes_from(day):
            if point <= now:
                continue
            if opens is None:
                if self.is_open(point):
                    opens = point
            elif point - max(opens, now) >= LONGEST:
                return [opens, max(opens, now) + LONGEST]
            elif not self.is_open(point):
                return [opens, point - 1]
            if opens is None and point > midnight(last) * SECOND:
                return None


def main():
    program, *arguments = sys.argv[1:]
    samples = subprocess.run([program, *arguments], check=True, capture_output=True, text=True)
    lines = samples.stdout.splitlines()
    wrong = kept_open = 0
    for line in lines:
        sample = json.loads(line)
        rules = Rules(sample)
        is_open = rules.is_open(sample["now"])
        following = rules.next_interval(sample["now"])
        kept_open += is_open
        if (is_open, following) != (sample["open"], sample["next"]):
            wrong += 1
            if wrong <= 5:
                print(f"{line}\n  zoneinfo says open: {is_open}, next: {following}")
    print(f"{len(lines)} samples, {kept_open} of them open, {wrong} wrong")
    return 1 if wrong or len(lines) < 100 or not 0 < kept_open < len(lines) else 0


if __name__ == "__main__":
    sys.exit(main())
