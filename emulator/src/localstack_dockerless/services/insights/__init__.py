"""CloudWatch Logs Insights: the query language, as far as somebody who looks into the logs of functions needs it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""
