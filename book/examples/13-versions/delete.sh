aws lambda delete-function --function-name quotes --qualifier 1
