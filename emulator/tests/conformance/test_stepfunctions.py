"""Step Functions: JSONata, retries, catches

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import itertools
import json

import pytest
from deployed import archive, eventually

TRANSFORM = "https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html"
VARIABLES = "https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html"
ERRORS = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"

CODE = """
attempts = 0

class Busy(Exception):
    pass

def handler(event, context):
    global attempts
    attempts += 1
    if attempts <= event.get("failures", 0):
        raise Busy("not yet")
    return {"attempts": attempts, "doubled": event.get("number", 0) * 2}
"""

_numbers = itertools.count(1)


@pytest.fixture
def run(server):
    """Executes a state machine and returns its status and output, or its error."""
    client, made = server.client("stepfunctions"), []

    def run(states, given=None, first="First"):
        definition = {"QueryLanguage": "JSONata", "StartAt": first, "States": states}
        name = f"machine-{next(_numbers)}"
        role = "arn:aws:iam::000000000000:role/test"
        made.append(client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role))
        execution = client.start_execution(stateMachineArn=made[-1]["stateMachineArn"], input=json.dumps(given or {}))

        def ended():
            state = client.describe_execution(executionArn=execution["executionArn"])
            return None if state["status"] == "RUNNING" else state

        state = eventually(ended, 60)
        return state["status"], json.loads(state["output"]) if "output" in state else state["error"]

    yield run
    for machine in made:
        client.delete_state_machine(stateMachineArn=machine["stateMachineArn"])


@pytest.fixture
def task(deploy):
    """Makes a state that invokes a function."""

    def task(arguments, **options):
        function = deploy("worker.py", code=archive({"worker.py": CODE}))
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": function.name, "Payload": arguments},
            "Output": "{% $states.result.Payload %}",
            "End": True,
            **options,
        }

    return task


@pytest.mark.rule(TRANSFORM)
def test_expressions_compute_output_from_input(run):
    output = {
        "total": "{% $sum($states.input.items.price) %}",
        "first": "{% $uppercase($states.input.items[0].name) %}",
    }
    items = [{"name": "pen", "price": 2}, {"name": "ink", "price": 3.5}]
    assert run({"First": {"Type": "Pass", "Output": output, "End": True}}, {"items": items}) == (
        "SUCCEEDED",
        {"total": 5.5, "first": "PEN"},
    )


@pytest.mark.rule(TRANSFORM)
def test_a_choice_is_a_condition(run):
    states = {
        "First": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.amount > 100 %}", "Next": "Large"}],
            "Default": "Small",
        },
        "Large": {"Type": "Pass", "Output": "large", "End": True},
        "Small": {"Type": "Pass", "Output": "small", "End": True},
    }
    assert run(states, {"amount": 101}) == ("SUCCEEDED", "large")
    assert run(states, {"amount": 100}) == ("SUCCEEDED", "small")


@pytest.mark.rule(VARIABLES)
def test_variables_hold_any_text(run):
    text = 'a "quoted" word,\nand a \\ backslash'
    states = {
        "First": {"Type": "Pass", "Assign": {"text": "{% $states.input.text %}"}, "Next": "Second"},
        "Second": {"Type": "Pass", "Output": "{% $text & '!' %}", "End": True},
    }
    assert run(states, {"text": text}) == ("SUCCEEDED", text + "!")


@pytest.mark.rule(ERRORS)
def test_an_expression_that_cannot_be_computed_is_a_query_evaluation_error(run):
    states = {"First": {"Type": "Pass", "Output": "{% $states.input.text + 1 %}", "End": True}}
    assert run(states, {"text": "no number"}) == ("FAILED", "States.QueryEvaluationError")


@pytest.mark.rule(ERRORS)
def test_a_query_evaluation_error_can_be_caught(run, task):
    catch = [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Caught"}]
    states = {
        "First": task({"number": "{% $states.input.text + 1 %}"}, Catch=catch),
        "Caught": {"Type": "Pass", "Output": "caught", "End": True},
    }
    assert run(states, {"text": "no number"}) == ("SUCCEEDED", "caught")


@pytest.mark.rule(ERRORS)
def test_a_function_that_fails_is_tried_again(run, task):
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}]
    states = {"First": task({"failures": 1, "number": "{% $states.input.number %}"}, Retry=retry)}
    assert run(states, {"number": 21}) == ("SUCCEEDED", {"attempts": 2, "doubled": 42})


@pytest.mark.rule(ERRORS)
def test_a_function_that_keeps_failing_is_caught(run, task):
    catch = [{"ErrorEquals": ["Busy"], "Output": "{% $states.errorOutput.Error %}", "Next": "Caught"}]
    states = {
        "First": task({"failures": 9}, Catch=catch),
        "Caught": {"Type": "Pass", "Output": {"caught": "{% $states.input %}"}, "End": True},
    }
    assert run(states) == ("SUCCEEDED", {"caught": "Busy"})


@pytest.mark.rule(ERRORS)
def test_a_failure_nobody_catches_fails_the_execution(run, task):
    assert run({"First": task({"failures": 9})}) == ("FAILED", "Busy")
