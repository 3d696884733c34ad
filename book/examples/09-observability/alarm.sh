aws cloudwatch put-metric-alarm --alarm-name payments-fail \
  --metrics '[
    {"Id": "errors", "ReturnData": false, "MetricStat": {"Stat": "Sum",
     "Period": 60, "Metric": {"Namespace": "AWS/Lambda",
     "MetricName": "Errors",
     "Dimensions": [{"Name": "FunctionName", "Value": "payments"}]}}},
    {"Id": "all", "ReturnData": false, "MetricStat": {"Stat": "Sum",
     "Period": 60, "Metric": {"Namespace": "AWS/Lambda",
     "MetricName": "Invocations",
     "Dimensions": [{"Name": "FunctionName", "Value": "payments"}]}}},
    {"Id": "rate", "Expression": "100 * errors / all"}]' \
  --comparison-operator GreaterThanThreshold --threshold 5 \
  --evaluation-periods 3 --datapoints-to-alarm 2 \
  --treat-missing-data notBreaching
