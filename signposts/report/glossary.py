"""The words of the field that the report cannot do without, explained once for people.

Belongs here: terms and their plain meaning. Not here: anything about one tracker.
"""

TERMS: dict[str, tuple[str, str]] = {
    "scenario": (
        "scenario",
        "One of the futures that the tracked analysis describes. Its name and story stand; its probability moves.",
    ),
    "none": ("none of the above", "What is kept free for a future that no scenario describes."),
    "indicator": (
        "indicator",
        "Something that can be observed and that the scenarios predict differently, such as a trade "
        "figure or an event.",
    ),
    "reading": (
        "reading",
        "What an indicator says at a date, pooled from the reports about it that were published by then.",
    ),
    "claim": ("claim", "One dated statement by one source about one indicator."),
    "prior": (
        "starting odds",
        "The probability of a scenario before any reading. It comes from the likelihood word of the "
        "analysis, put into a number by surveys of what readers take such words to mean.",
    ),
    "deciban": (
        "deciban",
        "The unit of evidence: 10 decibans make one scenario ten times as likely against another, 3 make "
        "it twice as likely, 0 changes nothing.",
    ),
    "storyline": (
        "storyline",
        "A group of indicators that tell the same story. Their readings share luck, so that one story that runs ahead "
        "or behind is not counted many times.",
    ),
    "fan": (
        "fan",
        "The band in which a scenario expects an indicator to be at each date: eight times in ten, if "
        "that scenario is the true one.",
    ),
    "diagnosticity": (
        "diagnosticity",
        "How much a reading can tell the scenarios apart, in bits. At 0 every scenario predicts the "
        "same; 1 bit would halve the field.",
    ),
    "surprise": (
        "surprise",
        "Share of simulated worlds of a scenario whose readings are at least as odd as the real ones. "
        "Under 5% the scenario fits badly.",
    ),
    "retrospective": (
        "hindsight",
        "Points before the day the predictions were put into numbers. They use only what was known then, "
        "but the numbers were chosen later.",
    ),
    "fresh": (
        "fresh",
        "A figure is fresh while its newest period is no older than its publisher's rhythm allows. "
        "Unknown counts as stale.",
    ),
    "grade": (
        "grade",
        "The Admiralty grade of a report: a letter from A to F for how reliable the source is, a number "
        "from 1 to 6 for how credible the statement is.",
    ),
    "evidence_weight": (
        "evidence weight",
        "The share of its face value at which each reading counts, chosen by simulation so that the probabilities are "
        "not overconfident.",
    ),
}

STATUS: dict[str, str] = {
    "fulfilled": "The prediction's date has passed and it came true.",
    "missed": "The prediction's date has passed and it did not come true.",
    "contradicted": "The reading is all but impossible under this scenario.",
    "behind": "The reading lies outside what the scenario expects, on the wrong side.",
    "unexpectedly happened": "It has happened, sooner than the scenario gives a chance of one in ten.",
    "ahead": "The reading is further along than the scenario expects.",
    "above": "The reading lies above what the scenario expects.",
    "below": "The reading lies below what the scenario expects.",
    "too early to tell": "The reading fits, but at this date it would fit almost anything.",
    "open": "It has not happened, and could still happen in time.",
    "on track": "The reading is where the scenario expects it.",
    "no data": "There is no reading.",
    "no prediction": "The scenario says nothing about this.",
}
