"""HTTP requests that become events of functions, and what functions return that becomes HTTP responses.

HTTP APIs (API Gateway v2) and function URLs speak the same format 2.0; REST APIs are LocalStack's own, corrected.
"""
