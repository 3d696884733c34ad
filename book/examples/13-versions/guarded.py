draft = functions.get_function_configuration(FunctionName="quotes")

# ... test the draft: functions.invoke(FunctionName="quotes", ...)

functions.publish_version(
    FunctionName="quotes",
    RevisionId=draft["RevisionId"],
    Description="Summer prices",
)
