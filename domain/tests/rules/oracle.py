"""Deadlines by an independent calendar: reads "start amount unit" a line, writes when that is due.

Nothing here is shared with the product: the days are those of PyPI's chinesecalendar, the counting is by day and minute.
"""

import sys
from datetime import datetime, timedelta

from chinese_calendar import is_workday

PERIODS = [(8 * 60, 12 * 60), (14 * 60, 18 * 60)]
FORMAT = "%Y-%m-%dT%H:%M"


def due(start, amount, unit):
    if unit == "ch":
        return start + timedelta(hours=amount)
    if unit == "cm":
        return start + timedelta(minutes=amount)
    if unit == "cd":
        return start + timedelta(days=amount)
    left = amount * 60 * (8 if unit == "wd" else 1)
    day = start.replace(hour=0, minute=0)
    minute = start.hour * 60 + start.minute
    while True:
        if is_workday(day.date()):
            for opens, closes in PERIODS:
                begin = max(opens, minute)
                if begin >= closes:
                    continue
                if left <= closes - begin:
                    return day + timedelta(minutes=begin + left)
                left -= closes - begin
        day += timedelta(days=1)
        minute = 0


for line in sys.stdin:
    start, amount, unit = line.split()
    print(due(datetime.strptime(start, FORMAT), int(amount), unit).strftime(FORMAT))
