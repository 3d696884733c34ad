"""The examples of the chapter on aliases begin with the function payments, its versions 1 to 8, and the alias live."""

import boto3

from common import function, package

functions = boto3.client("lambda")
function("payments", Publish=True)
for number in range(2, 9):
    code = package(f"def handler(event, context): return {number}")
    functions.update_function_code(
        FunctionName="payments", ZipFile=code, Publish=True
    )
    functions.get_waiter("function_updated_v2").wait(
        FunctionName="payments", WaiterConfig={"Delay": 0.1}
    )
functions.create_alias(
    FunctionName="payments", Name="live", FunctionVersion="7"
)
