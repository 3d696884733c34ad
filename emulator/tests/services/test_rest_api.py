"""Resets of REST APIs."""

from __future__ import annotations

from fronts import RestApi, ask

ACCOUNTS = ("320320320320", "320320320321")


def test_a_reset_takes_the_deployed_apis_of_one_account(server):
    """LocalStack keeps what is deployed in one list for all accounts, and fell over what was left there."""
    gone, kept = (RestApi.make(server, account) for account in ACCOUNTS)
    for api in (gone, kept):
        where = api.method("GET /", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        api.client.put_method_response(**where, statusCode="200")
        api.client.put_integration_response(**where, statusCode="200")
        assert api.deploy().ask("/dev").status == 200
    ask(server, f"{server.endpoint}/_dockerless/reset?account={ACCOUNTS[0]}", "POST")
    assert gone.ask("/dev").value == {
        "message": f"The API id '{gone.id}' does not correspond to a deployed API Gateway API"
    }
    assert kept.ask("/dev").status == 200
    ask(server, f"{server.endpoint}/_dockerless/reset?account={ACCOUNTS[1]}", "POST")
