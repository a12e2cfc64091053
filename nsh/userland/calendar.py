"""Days and dates in integers, Gregorian, UTC: the machine has a clock but no time zone."""

from typing import Final

import msgspec

DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SECOND: Final = 1_000_000_000
"""In nanoseconds, which is what clocks tell."""
DAY: Final = 86400
"""In seconds."""
_DAYS_OF_400_YEARS: Final = 146097
_MARCH_0000: Final = 719468
"""Days from 0000-03-01, where the leap day is the year's last, to 1970-01-01."""


class Moment(msgspec.Struct, frozen=True):
    """A moment, broken down (``struct tm``, but with months from 1 and the year in full)."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    weekday: int
    """0 is Sunday."""
    yearday: int
    """0 is the first of January."""

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day."""
        return self.year, self.month, self.day

    @property
    def weekday_name(self) -> str:
        """``Tuesday``."""
        return DAYS[self.weekday]

    @property
    def month_name(self) -> str:
        """``January``."""
        return MONTHS[self.month - 1]


def days_of(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to that date."""
    year -= month < 3
    era_year = year % 400
    since_march = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    in_era = era_year * 365 + era_year // 4 - era_year // 100 + since_march
    return year // 400 * _DAYS_OF_400_YEARS + in_era - _MARCH_0000


def moment(seconds: int) -> Moment:
    """Break *seconds* since 1970-01-01 00:00:00 UTC down."""
    days, rest = divmod(seconds, DAY)
    shifted = days + _MARCH_0000
    era, in_era = divmod(shifted, _DAYS_OF_400_YEARS)
    era_year = (in_era - in_era // 1460 + in_era // 36524 - in_era // 146096) // 365
    since_march = in_era - (365 * era_year + era_year // 4 - era_year // 100)
    month_index = (5 * since_march + 2) // 153
    day = since_march - (153 * month_index + 2) // 5 + 1
    month = month_index + 3 if month_index < 10 else month_index - 9
    year = era * 400 + era_year + (month < 3)
    return Moment(
        year,
        month,
        day,
        rest // 3600,
        rest // 60 % 60,
        rest % 60,
        (days + 4) % 7,
        days - days_of(year, 1, 1),
    )
