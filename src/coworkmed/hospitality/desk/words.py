"""What a desk says, and what a host reads of visits."""

from collections.abc import Mapping

from coworkmed.kernel.i18n import N_

#: What the desk says of a pass: the verdict, and what to do.
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "VALID": (N_("Welcome"), N_("The pass is good.")),
    "EXPIRED": (N_("The pass has expired"), N_("Ask them to open it again on their phone: it renews itself.")),
    "NOT_YET": (N_("The pass is for another day"), N_("It does not hold yet.")),
    "ALTERED": (N_("This pass was altered"), N_("Its signature is not that of their home place. Don’t rely on it.")),
    "REVOKED": (N_("This pass has ended"), N_("Their home place vouches for them no more.")),
    "UNKNOWN_KEY": (
        N_("We can’t tell who signed this"),
        N_("Connect this desk to the network: it may not know the home place yet."),
    ),
    "UNREADABLE": (N_("This is not a pass"), N_("Scan the code again, or type the ten characters below it.")),
    "UNKNOWN_CODE": (
        N_("This code is not known here"),
        N_("Without a network, codes are known of those who are expected today. Scan the pass instead."),
    ),
    "HERE_ALREADY": (N_("Here already"), N_("They have been let in today. Nothing more is noted.")),
    "OVER_LEASE": (N_("No place is left for walk-ins"), N_("The pass is good, but this desk has no more places.")),
    "ASK_SITE": (
        N_("This browser can’t check passes by itself"),
        N_("Connect it to the network and scan again, or use a newer browser."),
    ),
    "WALK_IN": (N_("Somebody without a pass"), N_("Nobody vouches for them.")),
}
#: Why someone was turned away.
REASONS: Mapping[str, str] = {
    "FULL": N_("We are full"),
    "PASS": N_("The pass is not good"),
    "CLOSED": N_("We are closing, or closed for an event"),
    "RULES": N_("They did not agree to our house rules"),
    "OTHER": N_("Another reason"),
}
#: What a host should look at in a visit (`rules.Anomaly`).
ANOMALIES: Mapping[str, str] = {
    "AHEAD": N_("The clock of the device runs ahead."),
    "CLOCK": N_(
        "It was near the end of the day, and the clock of the device was not compared with ours: it may have been the "
        "day before or after."
    ),
    "EXPIRED": N_("The pass did not hold that day."),
    "LATE": N_("The device told of it more than three days later."),
    "OVER_LEASE": N_("There was no place left for walk-ins."),
    "REVOKED": N_("The pass had ended by then."),
    "TWO_DEVICES": N_("Two devices let them in. It counts once."),
    "UNPROVEN": N_("Nobody vouched for them."),
}  # fmt: skip
