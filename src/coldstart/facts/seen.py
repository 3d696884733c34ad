"""What the proofs by botocore see, as JSON on standard output: ``python -m coldstart.facts.seen`` with another botocore first on the path."""

import json
from typing import Any

from coldstart.facts import Facts, load
from coldstart.facts.model import ModelDocProof, ModelProof
from coldstart.facts.prove import prove


def seen(facts: Facts) -> dict[str, dict[str, str]]:
    """Return by fact, and by place in the model, how the proof ended and what it found."""
    found: dict[str, dict[str, str]] = {}
    for fact in facts.values():
        for proof in fact.proofs:
            if isinstance(proof, ModelProof | ModelDocProof):
                outcome = prove(fact, proof)
                found.setdefault(fact.id, {})[f"{proof.service} {proof.at}"] = f"{outcome.state}: {outcome.detail}"
    return found


def _answer() -> dict[str, Any]:
    import botocore

    return {"botocore": botocore.__version__, "seen": seen(load())}


if __name__ == "__main__":
    print(json.dumps(_answer()))
