for line in lines("/aws/lambda/payments", "audit: an invocation"):
    if line.startswith(("EXTENSION", "audit")):
        print(line)
