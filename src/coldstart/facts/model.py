"""What a fact is and what can prove it: the format of ``book/facts/*.yaml``.

A file is a list of facts::

    - id: lambda.memory.min.default
      claim: "A function on default compute needs at least {value} MB of memory."
      value: 128
      unit: MB
      scope: default
      siblings: []
      proofs:
        - {kind: model, at: MemorySize.min}

``value`` is a number, a text, a date, true/false or a list of texts. ``claim`` is a sentence with ``{value}`` in it.
``unit`` is one of ``coldstart.facts.wording.UNITS`` or a noun in the singular ("layer", or "retry|retries" where an s does not do).
``scope`` says what the fact holds for (``SCOPES``). ``siblings`` are facts about the same quantity in another scope.
"""

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, field_validator, model_validator

from coldstart.facts.source import Located, Strict

Value = bool | int | float | date | str | list[str]

Standing = Literal["machine-proven", "shown in the lab, cited", "shown in the lab", "cited"]

Scope = Literal["all", "default", "managed-instances", "accelerator", "web-functions"]

SCOPES: Final[dict[Scope, tuple[str, ...]]] = {
    "all": (),
    "default": ("default compute", "on-demand", "default (on-demand)"),
    "managed-instances": ("managed instances",),
    "accelerator": ("accelerator", "gpu"),
    "web-functions": ("web function",),
}
"""Scope to the words by which a question shows that it means this scope."""


class ModelProof(Strict):
    """A constraint of the AWS API as botocore describes it.

    ``at`` is ``Shape[.member...].constraint``: ``MemorySize.min``, ``CreateAliasRequest.required``, ``LayerList.max``.
    Constraints: ``min``, ``max``, ``pattern``, ``enum``, ``required``, ``members``; ``location_name`` is a member's header or parameter.
    ``compare: contains`` asks only that the value is one of several (``enum``, ``required``, ``members``).
    """

    kind: Literal["model"]
    service: str = "lambda"
    at: Annotated[str, Field(pattern=r"^\w+(\.\w+)*\.(min|max|pattern|enum|required|members|location_name)$")]
    compare: Literal["equal", "contains"] = "equal"


class ModelDocProof(Strict):
    """A figure in the documentation that botocore carries.

    ``at`` is a shape, a member (``CreateFunctionRequest.Timeout``) or ``operations.PublishVersion``. ``regex`` is searched in the text
    without its HTML; its one group, times ``scale``, must be the value. Number words count ("two", "twice").
    """

    kind: Literal["model_doc"]
    service: str = "lambda"
    at: Annotated[str, Field(pattern=r"^\w+(\.\w+)*$")]
    regex: str
    scale: float = 1

    @field_validator("regex")
    @classmethod
    def _one_group(cls, regex: str) -> str:
        try:
            groups = re.compile(regex).groups
        except re.error as error:
            raise ValueError(f"is not a regular expression ({error})") from error
        if groups != 1:
            raise ValueError(f"expected exactly one (group) around the value, found {groups}")
        return regex


class CfnlintProof(Strict):
    """A CloudFormation resource that cfn-lint refuses by one rule, and one that it accepts.

    ``properties`` are laid over a minimal valid resource. ``$value`` in them, also in a key or within a text, is replaced;
    ``{$times: "a-$n"}`` becomes a list of that many entries (``a-1``, ``a-2``, ...). ``accepts`` and ``refuses`` say what
    ``$value`` is in the two templates: ``value``, ``value+1``, ``value-1`` or a literal such as ``python3.13``.
    """

    kind: Literal["cfnlint"]
    rule: Annotated[str, Field(pattern=r"^[EW]\d{4}$")]
    resource: str = "AWS::Lambda::Function"
    properties: dict[str, Any]
    accepts: str | int | float
    refuses: str | int | float

    @model_validator(mode="after")
    def _depends_on_value(self) -> "CfnlintProof":
        if not any(str(end).startswith("value") for end in (self.accepts, self.refuses)):
            raise ValueError("expected accepts or refuses to be value, value+1 or value-1")
        return self


class LifecycleProof(Strict):
    """A date or a successor in cfn-lint's table of runtimes."""

    kind: Literal["lifecycle"]
    runtime: str
    field: Literal["deprecated", "create-block", "update-block", "successor"]


class LabProof(Strict):
    """A result that a notebook's cell emitted.

    The cell ``cell`` of ``labs/<section>.ipynb`` has an output of type ``application/vnd.coldstart.fact+json``
    with the keys ``fact`` (the id) and ``value``.
    """

    kind: Literal["lab"]
    section: str
    cell: str


class DocProof(Strict):
    """A citation: a page of AWS's documentation, a few of its words that contain the value, and when a person read them."""

    kind: Literal["doc"]
    url: Annotated[str, Field(pattern=r"^https://docs\.aws\.amazon\.com/\S+$")]
    quote: Annotated[str, Field(min_length=3, max_length=120)]
    checked: date
    valid_days: Annotated[int, Field(gt=0, le=366)] = 180


Proof = Annotated[
    ModelProof | ModelDocProof | CfnlintProof | LifecycleProof | LabProof | DocProof, Field(discriminator="kind")
]


class Fact(Located):
    """One thing that the course says about AWS, with what proves it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$")]
    claim: str
    value: Value
    unit: str | None = None
    scope: Scope = "all"
    siblings: tuple[str, ...] = ()
    proofs: Annotated[tuple[Proof, ...], Field(min_length=1)]

    @field_validator("claim")
    @classmethod
    def _names_the_value(cls, claim: str) -> str:
        if "{value}" not in claim:
            raise ValueError("expected a sentence that contains {value}")
        return claim

    @field_validator("proofs")
    @classmethod
    def _each_proof_once(cls, proofs: tuple[Proof, ...]) -> tuple[Proof, ...]:
        for index, proof in enumerate(proofs):
            if proof in proofs[:index]:
                raise ValueError(f"[{index}] is the same as [{proofs.index(proof)}]; delete one of them")
        return proofs

    @property
    def standing(self) -> Standing:
        """What the proofs amount to.

        A lab runs on the course's own emulator, so it shows a thing but does not prove it of AWS.
        """
        kinds = {proof.kind for proof in self.proofs}
        if kinds - {"lab", "doc"}:
            return "machine-proven"
        if "lab" in kinds:
            return "shown in the lab, cited" if "doc" in kinds else "shown in the lab"
        return "cited"

    @property
    def machine_proven(self) -> bool:
        """Whether AWS's own descriptions prove it, read by a program: not only a lab or a citation."""
        return self.standing == "machine-proven"


SHAPE: Final = TypeAdapter(Fact)
KEYS: Final = frozenset(
    key
    for model in (Fact, ModelProof, ModelDocProof, CfnlintProof, LifecycleProof, LabProof, DocProof)
    for key in model.model_fields
)
