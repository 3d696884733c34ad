aws lambda list-versions-by-function --function-name quotes \
  --query 'Versions[].[Version, MemorySize, Description,
           Environment.Variables.SURCHARGE]' --output table
