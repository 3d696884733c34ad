for page in functions.get_paginator("list_functions").paginate():
    for function in page["Functions"]:
        for layer in function.get("Layers", []):
            if ":layer:pricing:" in layer["Arn"]:
                print(function["FunctionName"], layer["Arn"])
