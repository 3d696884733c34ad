"""How far a measured proportion may be from the true one."""

from math import sqrt
from statistics import NormalDist


def interval(hits: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval for a proportion.

    Unlike the textbook's normal interval it stays within 0 and 1 and holds for small samples and rare events. Source: E. B. Wilson,
    "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American Statistical Association 22, 1927.

    Args:
        hits: How often it happened.
        trials: Out of how many, at least 1.
        confidence: Share of such intervals that hold the true value.

    Raises:
        ValueError: No trials, or more hits than trials.
    """
    if not 0 <= hits <= trials or not trials:
        raise ValueError(f"{hits} of {trials} is not a proportion")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = hits / trials
    centre = share + z**2 / (2 * trials)
    reach = z * sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale)
