aws lambda update-function-configuration --function-name payments \
  --logging-config LogFormat=JSON,ApplicationLogLevel=INFO \
  --tracing-config Mode=Active > answer.json
aws lambda wait function-updated-v2 --function-name payments
