"""What happened this morning, in the order in which it happened. Read it when you have repaired everything."""

import io
import json
import time
import zipfile
from pathlib import Path

import boto3

DESK, SORTER = "coldstart-17-desk", "coldstart-17-sorter"
functions, iam = boto3.client("lambda"), boto3.client("iam")
updated = functions.get_waiter("function_updated_v2")

# 9:02. A release by hand: express parcels. It went to `live` untested.
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as package:
    source = Path(__file__).with_name("desk_express.py")
    package.writestr("desk.py", source.read_text())
functions.update_function_code(
    FunctionName=DESK, ZipFile=archive.getvalue()
)
updated.wait(FunctionName=DESK, WaiterConfig={"Delay": 0.1})
published = functions.publish_version(FunctionName=DESK)["Version"]
functions.update_alias(
    FunctionName=DESK, Name="live", FunctionVersion=published
)

# 9:10. Somebody tidies up permissions and keeps what reads.
setup = functions.get_function_configuration(FunctionName=SORTER)
role = setup["Role"].rpartition("/")[2]
for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
    found = iam.get_role_policy(RoleName=role, PolicyName=name)
    for statement in found["PolicyDocument"]["Statement"]:
        statement["Action"] = ["dynamodb:GetItem"]
    iam.put_role_policy(
        RoleName=role,
        PolicyName=name,
        PolicyDocument=json.dumps(found["PolicyDocument"]),
    )

# 9:15. Errors in the log of the sorter: somebody switches it off "for now".


def state(uuid):
    """Return what a mapping is doing."""
    return functions.get_event_source_mapping(UUID=uuid)["State"]


mappings = functions.list_event_source_mappings(FunctionName=SORTER)
for mapping in mappings["EventSourceMappings"]:
    uuid = mapping["UUID"]
    functions.update_event_source_mapping(UUID=uuid, Enabled=False)
    while state(uuid) != "Disabled":
        time.sleep(0.2)
print("It is half past nine, and the telephone rings.")
