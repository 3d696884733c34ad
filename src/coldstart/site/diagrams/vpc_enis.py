"""The drawings of chapter 07: the ways out of a network, who shares an interface, and what becomes of an interface."""

from collections.abc import Sequence
from typing import Final

from coldstart.facts import load
from coldstart.site.diagrams.shapes import NARROW, Drawing, Point


def ways(*, narrow: bool = False) -> Drawing:
    """Return a function that is not attached, one that is, and the ways from either."""
    drawing = Drawing(
        "vpc-ways",
        (NARROW, 448) if narrow else (560, 344),
        "The ways of a function that is attached to a VPC, and of one that is not",
        "The function that is not attached leads straight to public services and the internet. The attached one leads to a network interface "
        "in a private subnet, where the database is. From there a gateway endpoint leads to S3 and DynamoDB, and a NAT gateway in a public "
        "subnet leads by an internet gateway to the rest.",
    )
    (_network_down if narrow else _network_across)(drawing)
    if narrow:
        _function(drawing, (6, 6), (150, 52), "prices", "not attached")
        _function(drawing, (190, 6), (164, 52), "payments", "attached")
        drawing.path([(50, 58), (50, 388)], "a", arrow=True)
        _enters(drawing, [(272, 58), (272, 140)], "a")
        drawing.box((118, 152), (100, 38), stroke="line", fill="a-tint")
        drawing.text((168, 176), "database")
    else:
        _function(drawing, (6, 14), (124, 56), "prices", "not attached")
        _function(drawing, (6, 152), (124, 56), "payments", "attached")
        drawing.path([(130, 42), (428, 42)], "a", arrow=True)
        _enters(drawing, [(130, 180), (190, 180)], "a")
        drawing.box((262, 160), (108, 40), stroke="line", fill="a-tint")
        drawing.text((316, 185), "database")
    return drawing


def lab_network(*, narrow: bool = False) -> Drawing:
    """Return what the lab builds: three functions, two of which share their interfaces."""
    drawing = Drawing(
        "vpc-lab",
        (NARROW, 448) if narrow else (560, 344),
        "What the lab builds",
        "The functions prices and stock lead to one network interface in a private subnet, audit to another. From there a gateway endpoint "
        "leads to S3, and a NAT gateway in a public subnet leads by an internet gateway to other public services.",
    )
    (_network_down if narrow else _network_across)(drawing)
    for row, (name, colour) in enumerate((("prices", "a"), ("stock", "a"), ("audit", "b"))):
        if narrow:
            x = (6, 126, 246)[row]
            _function(drawing, (x, 6), (108, 40), name)
            end = (198, 198, 300)[row]
            way = [(x + 54, 46), (x + 54, 72), (end, 72), (end, 140)] if name == "prices" else [(end, 46), (end, 140)]
            _enters(drawing, way, colour)
        else:
            y = (112, 168, 224)[row]
            _function(drawing, (6, y), (108, 40), name)
            _enters(drawing, [(114, y + 20), (190, (166, 166, 204)[row])], colour)
    if narrow:
        drawing.text((235, 170), "one interface for", look="small f-muted")
        drawing.text((235, 188), "each set of groups", look="small f-muted")
    else:
        drawing.text((206, 171), "shared by two", anchor="start", look="small f-muted")
        drawing.text((206, 209), "another group", anchor="start", look="small f-muted")
    return drawing


def _function(drawing: Drawing, at: Point, size: Point, name: str, said: str = "") -> None:
    drawing.box(at, size)
    x, middle = at[0] + size[0] / 2, at[1] + size[1] / 2
    drawing.text((x, middle + (-3 if said else 5)), name, look="bold")
    if said:
        drawing.text((x, middle + 16), said, look="small f-muted")


def _enters(drawing: Drawing, way: Sequence[Point], colour: str) -> None:
    """Lead to a network interface, the dot on the edge of a subnet."""
    drawing.path(way, colour)
    drawing.dot(way[-1], colour, 6)


def _frame(drawing: Drawing, at: Point, size: Point) -> None:
    (x, y), (width, height) = at, size
    drawing.path([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)], "line", dashed=True)


def _network_across(drawing: Drawing) -> None:
    _frame(drawing, (172, 92), (230, 244))
    drawing.text((184, 113), "your VPC", anchor="start", look="bold")
    drawing.box((190, 124), (194, 96))
    drawing.text((376, 143), "private subnet", anchor="end", look="small f-muted")
    drawing.box((190, 250), (194, 72))
    drawing.text((376, 269), "public subnet", anchor="end", look="small f-muted")
    drawing.box((206, 278), (116, 34), stroke="b", fill="b-tint")
    drawing.text((264, 300), "NAT gateway")
    drawing.path([(264, 220), (264, 276)], "b", arrow=True)
    drawing.box((430, 14), (124, 74))
    drawing.text((492, 37), "public", look="bold")
    drawing.text((492, 57), "AWS services,", look="small f-muted")
    drawing.text((492, 76), "the internet", look="small f-muted")
    drawing.path([(384, 172), (462, 172), (462, 90)], "a", arrow=True)
    drawing.text((411, 194), "endpoint for", anchor="start", look="small")
    drawing.text((411, 212), "S3, DynamoDB", anchor="start", look="small")
    drawing.path([(322, 295), (536, 295), (536, 90)], "b", arrow=True)
    drawing.text((411, 318), "internet gateway", anchor="start", look="small")
    drawing.dot((402, 295), "b", 5)
    drawing.dot((402, 172), "a", 5)


def _network_down(drawing: Drawing) -> None:
    _frame(drawing, (92, 92), (262, 240))
    drawing.text((102, 116), "your VPC", anchor="start", look="bold")
    drawing.box((106, 140), (236, 76))
    drawing.text((114, 209), "private subnet", anchor="start", look="small f-muted")
    drawing.box((106, 246), (152, 74))
    drawing.text((114, 313), "public subnet", anchor="start", look="small f-muted")
    drawing.box((122, 256), (116, 34), stroke="b", fill="b-tint")
    drawing.text((180, 278), "NAT gateway")
    drawing.path([(226, 216), (226, 254)], "b", arrow=True)
    drawing.path([(226, 290), (226, 388)], "b", arrow=True)
    drawing.dot((226, 332), "b", 5)
    drawing.text((218, 360), "internet gateway", anchor="end", look="small")
    drawing.path([(308, 216), (308, 388)], "a", arrow=True)
    drawing.dot((308, 332), "a", 5)
    drawing.text((300, 352), "gateway", anchor="end", look="small")
    drawing.text((300, 369), "endpoint", anchor="end", look="small")
    drawing.box((6, 390), (348, 52))
    drawing.text((180, 411), "public", look="bold")
    drawing.text((180, 431), "AWS services, the internet", look="small f-muted")


def sharing(*, narrow: bool = False) -> Drawing:
    """Return three functions, two sets of security groups, two subnets, and an interface where a row meets a column."""
    drawing = Drawing(
        "eni-sharing",
        (NARROW if narrow else 560, 274),
        "Who shares a network interface",
        "The functions payments and refunds have the security group app, reports has the group batch. All are attached to the subnets a and b. "
        "There are four interfaces: one for app and one for batch in each subnet.",
    )
    box, pill, chip = ((94, 40), (70, 40), (56, 36)) if narrow else ((116, 44), (104, 44), (96, 40))
    groups_at, columns = (118, (212, 292)) if narrow else (176, (318, 446))
    width = box[0]
    for name, x in zip("ab", columns, strict=True):
        _frame(drawing, (x - 8, 12), (chip[0] + 16, 222))
        drawing.text((x + chip[0] / 2, 33), f"subnet {name}", look="small f-muted")
    for group, y, colour, functions in (
        ("app", 84, "a", (("payments", 56), ("refunds", 112))),
        ("batch", 188, "b", (("reports", 188),)),
    ):
        for function, middle in functions:
            drawing.path([(width - (4 if narrow else 0), middle), (groups_at, y)], colour)
            drawing.box((6 if not narrow else 2, middle - box[1] / 2), (width - 6, box[1]))
            drawing.text(((width + (6 if not narrow else -2)) / 2, middle + 5), function, look="" if narrow else "bold")
        drawing.path([(groups_at + pill[0], y), (columns[1], y)], colour)
        drawing.box((groups_at, y - pill[1] / 2), pill, stroke=colour, fill=f"{colour}-tint", round_by=pill[1] / 2)
        drawing.text((groups_at + pill[0] / 2, y + 5), group, look="mono")
        for x in columns:
            drawing.box((x, y - chip[1] / 2), chip, stroke=colour)
            drawing.text((x + chip[0] / 2, y + 5), "ENI" if narrow else "interface")
    said = "2 sets of groups in 2 subnets: 4 interfaces"
    drawing.text((NARROW / 2 if narrow else 280, 262), said if narrow else f"3 functions, but {said}", look="small")
    return drawing


def life(*, narrow: bool = False) -> Drawing:
    """Return the states of an attached function."""
    idle = f"{load()['lambda.vpc.eni.idle'].value} days idle"
    drawing = Drawing(
        "eni-life",
        (NARROW, 308) if narrow else (560, 160),
        "The states of an attached function",
        f"Pending while interfaces are made, then Active; after {idle} Inactive. The next invocation fails and makes the function Pending again.",
    )
    states = (("Pending", "interfaces are made"), ("Active", "can be invoked"), ("Inactive", "interfaces are gone"))
    if narrow:
        for row, (state, said) in enumerate(states):
            _function(drawing, (6, 8 + row * 116), (190, 60), state, said)
        for row, label in enumerate(("minutes", idle)):
            drawing.path([(100, 68 + row * 116), (100, 122 + row * 116)], "a", arrow=True)
            drawing.text((112, 100 + row * 116), label, anchor="start", look="small")
        drawing.path([(196, 270), (330, 270), (330, 38), (198, 38)], "b", arrow=True)
        for line, words in enumerate(("the next", "invocation", "fails")):
            drawing.text((322, 136 + 19 * line), words, anchor="end", look="small f-b")
        return drawing
    for column, (state, said) in enumerate(states):
        _function(drawing, (6 + column * 196, 28), (156, 60), state, said)
    for column, label in enumerate(("minutes", idle)):
        drawing.path([(162 + column * 196, 58), (200 + column * 196, 58)], "a", arrow=True)
        drawing.text((181 + column * 196, 18), label, look="small")
    drawing.path([(482, 88), (482, 126), (78, 126), (78, 90)], "b", arrow=True)
    drawing.text((280, 148), "the next invocation fails", look="small f-b")
    return drawing


DIAGRAMS: Final = {
    "vpc-ways": ways,
    "vpc-lab": lab_network,
    "eni-sharing": sharing,
    "eni-life": life,
}
