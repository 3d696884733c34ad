functions.create_function(
    FunctionName="invoices-image",
    PackageType="Image",
    Role=role,
    Code={"ImageUri": f"{repository}:v1"},
)
functions.create_function(
    FunctionName="invoices-returns",
    PackageType="Image",
    Role=role,
    Code={"ImageUri": f"{repository}:v1"},
    ImageConfig={"Command": ["returns.handler"]},
)
