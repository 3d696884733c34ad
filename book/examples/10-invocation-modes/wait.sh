aws lambda invoke --function-name orders \
  --payload '{"item": "lamp"}' answer.json
cat answer.json
