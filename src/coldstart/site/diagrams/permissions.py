"""The drawings of chapter 08: the two policies at a function, the confused deputy, how a decision is made."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

CALLERS: Final = ("AWS services", "users and roles", "other accounts")
REACHED: Final = ("a table", "logs", "secrets")


def two_policies(*, narrow: bool = False) -> Drawing:
    """Return a function between the policy that admits callers and the role that lets its code act."""
    drawing = Drawing(
        "two-policies",
        (NARROW, 470) if narrow else (560, 250),
        "Two policies at a function",
        "Callers, which are services, users and roles, and other accounts, pass the resource-based policy to reach the function: it says "
        "who may call. From the function, calls to a table, logs and secrets pass the execution role: it says what the code may do.",
    )
    (_policies_down if narrow else _policies_across)(drawing)
    return drawing


def _policies_across(drawing: Drawing) -> None:
    for row, (caller, target) in enumerate(zip(CALLERS, REACHED, strict=True)):
        middle = 84.0 + 54 * row
        drawing.box((6, middle - 20), (136, 40))
        drawing.text((74, middle + 5), caller)
        drawing.path([(142, middle), (238, 120 + 18 * row)], "a", arrow=True)
        drawing.box((450, middle - 20), (104, 40))
        drawing.text((502, middle + 5), target)
        drawing.path([(346, 120 + 18 * row), (448, middle)], "b", arrow=True)
    drawing.box((240, 100), (106, 76))
    drawing.text((293, 134), "function", look="bold")
    drawing.text((293, 154), "your code", look="small f-muted")
    _gate(drawing, (184, 46), (8, 184), "a")
    drawing.text((188, 18), "resource-based policy", look="bold f-a")
    drawing.text((188, 37), "who may call", look="small f-muted")
    _gate(drawing, (394, 46), (8, 184), "b")
    drawing.text((398, 18), "execution role", look="bold f-b")
    drawing.text((398, 37), "what the code may do", look="small f-muted")


def _policies_down(drawing: Drawing) -> None:
    for column, (caller, target) in enumerate(zip(CALLERS, REACHED, strict=True)):
        middle = 60.0 + 120 * column
        first, second = caller.split(" ", 1)
        drawing.box((middle - 54, 6), (108, 56))
        drawing.text((middle, 30), first)
        drawing.text((middle, 50), second)
        drawing.path([(middle, 62), (middle, 84)], "a")
        drawing.path([(middle, 382), (middle, 402)], "b", arrow=True)
        drawing.box((middle - 54, 404), (108, 44))
        drawing.text((middle, 431), target)
    for colour, line, start, end in (("a", 84, 84, 194), ("b", 382, 268, 382)):
        drawing.path([(60, line), (300, line)], colour)
        drawing.path([(90, start), (90, end)], colour, arrow=colour == "a")
    drawing.box((20, 196), (140, 72))
    drawing.text((90, 228), "function", look="bold")
    drawing.text((90, 249), "your code", look="small f-muted")
    _gate(drawing, (20, 134), (140, 8), "a")
    drawing.text((174, 116), "resource-based", anchor="start", look="bold f-a")
    drawing.text((174, 136), "policy", anchor="start", look="bold f-a")
    drawing.text((174, 156), "who may call", anchor="start", look="small f-muted")
    _gate(drawing, (20, 322), (140, 8), "b")
    drawing.text((174, 322), "execution role", anchor="start", look="bold f-b")
    drawing.text((174, 342), "what the code may do", anchor="start", look="small f-muted")


def _gate(drawing: Drawing, at: Point, size: Point, colour: str) -> None:
    drawing.bar(at, size, colour)


def deputy(name: str = "confused-deputy", *, condition: bool = True, narrow: bool = False) -> Drawing:
    """Return two buckets of two accounts, and S3, which announces both to one function.

    Args:
        name: Of the drawing.
        condition: Whether the function's policy names the source, so that the stranger is stopped.
        narrow: From top to bottom, for a phone.
    """
    told = (
        "The function's policy names bucket and account, so S3 is refused for the stranger's bucket."
        if condition
        else ""
    )
    drawing = Drawing(
        name,
        (NARROW, 520) if narrow else (560, 330),
        "A stranger's bucket, S3, and your function",
        "In our account: the bucket inbox, the function invoices and its ledger. In the stranger's account: another bucket. S3 stands "
        f"between them and announces the files of both buckets to the function, under the one name s3.amazonaws.com. {told}".strip(),
    )
    (_deputy_down if narrow else _deputy_across)(drawing, condition)
    return drawing


def _deputy_across(drawing: Drawing, condition: bool) -> None:
    _account(drawing, (6, 6), (548, 132), "our account")
    _account(drawing, (6, 214), (230, 108), "their account")
    _thing(drawing, (20, 44), "inbox", "our bucket", "a")
    _thing(drawing, (20, 252), "theirs", "their bucket", "b")
    _thing(drawing, (266, 44), "invoices", "function", "line")
    _thing(drawing, (430, 44), "ledger", "table", "line")
    drawing.path([(376, 74), (428, 74)], "ink", arrow=True)
    drawing.text((402, 62), "role", look="small f-muted")
    drawing.box((176, 150), (110, 52), fill="surface", stroke="ink", round_by=26)
    drawing.text((231, 181), "S3", look="bold")
    drawing.path([(130, 96), (190, 156)], "a", arrow=True)
    drawing.path([(130, 284), (222, 204)], "b", arrow=True)
    drawing.path([(264, 152), (300, 106)], "a", arrow=True)
    _attempt(drawing, [(284, 166), (348, 106)], condition)
    drawing.text((362, 166), "s3.amazonaws.com", anchor="start", look="mono")
    drawing.text((362, 187), "one name for all customers", anchor="start", look="small f-muted")
    if condition:
        drawing.text((256, 262), "The policy names bucket and account:", anchor="start", look="small f-muted")
        drawing.text((256, 282), "refused for the stranger's", anchor="start", look="small f-b")
    else:
        drawing.text((256, 262), "In which account is the bucket", anchor="start", look="small f-muted")
        drawing.text((256, 282), "that S3 speaks for? You will see.", anchor="start", look="small f-muted")


def _deputy_down(drawing: Drawing, condition: bool) -> None:
    _account(drawing, (6, 6), (348, 204), "our account")
    _account(drawing, (184, 386), (170, 118), "their account", name_at=106)
    _thing(drawing, (20, 40), "invoices", "function", "line")
    _thing(drawing, (232, 40), "ledger", "table", "line")
    _thing(drawing, (232, 136), "inbox", "our bucket", "a")
    drawing.path([(130, 70), (230, 70)], "ink", arrow=True)
    drawing.text((180, 60), "role", look="small f-muted")
    drawing.box((60, 262), (110, 52), fill="surface", stroke="ink", round_by=26)
    drawing.text((115, 293), "S3", look="bold")
    _thing(drawing, (214, 404), "theirs", "their bucket", "b")
    drawing.path([(244, 196), (158, 266)], "a", arrow=True)
    drawing.path([(236, 404), (156, 313)], "b", arrow=True)
    drawing.path([(92, 262), (60, 102)], "a", arrow=True)
    _attempt(drawing, [(122, 262), (104, 102)], condition)
    drawing.text((346, 286), "s3.amazonaws.com", anchor="end", look="mono")
    drawing.text((346, 306), "one name for all", anchor="end", look="small f-muted")
    lines = (
        ("The policy names", "bucket and account:", "refused for the", "stranger's")
        if condition
        else ("For whose bucket", "does S3 speak?")
    )
    for row, line in enumerate(lines):
        drawing.text((14, 420 + 20 * row), line, anchor="start", look="small f-b" if row > 1 else "small f-muted")


def _account(drawing: Drawing, at: Point, size: Point, name: str, *, name_at: float = 24) -> None:
    drawing.box(at, size, dashed=True)
    drawing.text((at[0] + 14, at[1] + name_at), name, anchor="start", look="small bold")


def _thing(drawing: Drawing, at: Point, name: str, kind: str, colour: str) -> None:
    drawing.box(at, (110, 60), fill="b-tint" if colour == "b" else "a-tint", stroke=colour)
    drawing.text((at[0] + 55, at[1] + 27), name, look="bold")
    drawing.text((at[0] + 55, at[1] + 46), kind, look="small f-ink")


def _attempt(drawing: Drawing, way: list[Point], stopped: bool) -> None:
    """Draw how S3 goes for the stranger; a cross stands where the policy stops it."""
    drawing.path(way, "b", dashed=stopped, arrow=True)
    if stopped:
        (x, y) = ((way[0][0] + way[1][0]) / 2, (way[0][1] + way[1][1]) / 2)
        for slope in (1, -1):
            drawing.path([(x - 8, y - 8 * slope), (x + 8, y + 8 * slope)], "b", width=4)


def lab_picture(*, narrow: bool = False) -> Drawing:
    """Return what the lab builds, before anybody knows how it ends."""
    return deputy("permissions-lab", condition=False, narrow=narrow)


BRANCHES: Final = (
    ("user or role,", "same account", "its own policy", "OR the function's"),
    ("user or role,", "other account", "its own policy", "AND the function's"),
    ("AWS service", "for a resource", "the function's, and", "its conditions hold"),
)
"""Who calls (two lines), and where an Allow is needed (two lines)."""


def decision(*, narrow: bool = False) -> Drawing:
    """Return the order of a decision: first every Deny, then the Allows that this caller needs."""
    drawing = Drawing(
        "permission-decision",
        (NARROW, 520) if narrow else (560, 350),
        "How AWS decides a call of a function",
        "First question: does any policy that applies deny it? If so, it is denied, whatever else allows it. If not, it depends on the "
        "caller. A user or role of the same account needs an Allow in its own policy or in the function's. One of another account needs "
        "both. An AWS service needs an Allow in the function's policy whose conditions hold. What is allowed nowhere is denied.",
    )
    (_decision_down if narrow else _decision_across)(drawing)
    return drawing


def _decision_across(drawing: Drawing) -> None:
    drawing.box((120, 6), (300, 48), stroke="ink")
    drawing.text((270, 35), "Does any policy deny the call?", look="bold")
    drawing.path([(420, 30), (454, 30)], "b", arrow=True)
    drawing.text((437, 20), "yes", look="small")
    _verdict(drawing, (456, 11), "denied", "b")
    drawing.path([(280, 54), (280, 90)], "ink")
    drawing.text((290, 78), "no: then who calls?", anchor="start", look="small")
    drawing.path([(92, 90), (468, 90)], "ink")
    for column, (who, where, allow, more) in enumerate(BRANCHES):
        middle = 92.0 + 188 * column
        drawing.path([(middle, 90), (middle, 114)], "ink", arrow=True)
        drawing.box((middle - 86, 116), (172, 58))
        drawing.text((middle, 140), who, look="bold")
        drawing.text((middle, 160), where, look="bold")
        drawing.path([(middle, 174), (middle, 198)], "ink", arrow=True)
        drawing.box((middle - 86, 200), (172, 72), fill="a-tint", stroke="a")
        drawing.text((middle, 221), "an Allow in", look="small f-ink")
        drawing.text((middle, 241), allow, look="small f-ink")
        drawing.text((middle, 261), more, look="small bold")
        drawing.path([(middle, 272), (middle, 290)], "ink")
    drawing.path([(92, 290), (468, 290)], "ink")
    drawing.path([(186, 290), (186, 308)], "a", arrow=True)
    drawing.text((176, 306), "there", anchor="end", look="small")
    _verdict(drawing, (136, 310), "allowed", "a")
    drawing.path([(374, 290), (374, 308)], "b", arrow=True)
    drawing.text((386, 306), "missing", anchor="start", look="small")
    _verdict(drawing, (324, 310), "denied", "b")


def _decision_down(drawing: Drawing) -> None:
    drawing.box((32, 6), (174, 56), stroke="ink")
    drawing.text((119, 30), "Does any policy", look="bold")
    drawing.text((119, 50), "deny the call?", look="bold")
    drawing.path([(206, 34), (250, 34)], "b", arrow=True)
    drawing.text((226, 24), "yes", look="small")
    _verdict(drawing, (252, 15), "denied", "b")
    drawing.path([(119, 62), (119, 112)], "ink", arrow=True)
    drawing.text((130, 94), "no: then who calls?", anchor="start", look="small")
    for row, (who, where, allow, more) in enumerate(BRANCHES):
        top = 114.0 + 108 * row
        drawing.box((6, top), (158, 86))
        drawing.text((85, top + 38), who, look="bold")
        drawing.text((85, top + 58), where, look="bold")
        drawing.path([(164, top + 43), (186, top + 43)], "ink", arrow=True)
        drawing.box((188, top), (166, 86), fill="a-tint", stroke="a")
        drawing.text((271, top + 27), "an Allow in", look="small f-ink")
        drawing.text((271, top + 48), allow, look="small f-ink")
        drawing.text((271, top + 69), more, look="small bold")
    drawing.path([(119, 424), (119, 460)], "a", arrow=True)
    drawing.text((110, 448), "there", anchor="end", look="small")
    _verdict(drawing, (69, 462), "allowed", "a")
    drawing.path([(271, 424), (271, 460)], "b", arrow=True)
    drawing.text((282, 448), "missing", anchor="start", look="small")
    _verdict(drawing, (221, 462), "denied", "b")


def _verdict(drawing: Drawing, at: Point, word: str, colour: str) -> None:
    drawing.box(at, (100, 38), fill=f"{colour}-tint", stroke=colour, round_by=19)
    drawing.text((at[0] + 50, at[1] + 24), word, look=f"bold f-{'ink' if colour == 'a' else 'b'}")


DIAGRAMS: Final = {
    "two-policies": two_policies,
    "confused-deputy": deputy,
    "permissions-lab": lab_picture,
    "permission-decision": decision,
}
