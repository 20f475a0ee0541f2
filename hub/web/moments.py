"""A moment near to now as people say it: today at 14:05, tomorrow at 09:00, else with its date."""

from datetime import datetime

from babel.dates import format_skeleton

from sync.web import formats
from sync.web.translations import current, display_zone, gettext


def when(at: datetime, now: datetime) -> str:
    """The moment in the reader's language and the page's zone.

    Args:
        at: The moment, aware.
        now: The present, aware.
    """
    zone, locale = display_zone(), current().locale
    time = formats.time_of_day(at, zone, locale)
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if days == 0:
        return gettext("today %(time)s", time=time)
    if days == 1:
        return gettext("tomorrow %(time)s", time=time)
    day = format_skeleton("MMMEd", at.astimezone(zone), tzinfo=zone, locale=locale)
    return gettext("%(date)s %(time)s", date=day, time=time)
