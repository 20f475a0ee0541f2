"""How much Hypothesis tries: little in every run, much with `--hypothesis-profile thorough`."""

from hypothesis import HealthCheck, settings

THOROUGH = "thorough"
TIMES = 40

settings.register_profile(THOROUGH, max_examples=2_000, deadline=None)


def bounded(examples: int, steps: int) -> settings:
    """So many examples of so many steps; under the thorough profile TIMES the examples, twice as long."""
    is_thorough = settings.get_current_profile_name() == THOROUGH
    return settings(
        max_examples=examples * (TIMES if is_thorough else 1),
        stateful_step_count=steps * (2 if is_thorough else 1),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
