import time

logs = boto3.client("logs")
now = int(time.time())
asked = logs.start_query(
    logGroupName="/aws/lambda/payments",
    startTime=now - 3600,
    endTime=now + 60,
    queryString="""
      filter message = "payment"
      | stats count(*) as payments, max(amount) as largest by shop
      | sort payments desc
    """,
)
while True:
    found = logs.get_query_results(queryId=asked["queryId"])
    if found["status"] not in ("Scheduled", "Running"):
        break
    time.sleep(0.5)
for row in found["results"]:
    print({cell["field"]: cell["value"] for cell in row})
