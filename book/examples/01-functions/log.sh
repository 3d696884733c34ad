aws lambda invoke --function-name receipts \
  --payload fileb://event.json /dev/null \
  --log-type Tail --query LogResult --output text |
  base64 --decode | tr '\t' '\n'
