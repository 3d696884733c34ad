import boto3

functions = boto3.client("lambda")
pricing = "arn:aws:lambda:us-east-1:000000000000:layer:pricing:1"

current = functions.get_function_configuration(FunctionName="orders")
layers = [layer["Arn"] for layer in current.get("Layers", [])]
functions.update_function_configuration(
    FunctionName="orders",
    Layers=[*layers, pricing],
    RevisionId=current["RevisionId"],
)
